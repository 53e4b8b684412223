using Sync.Confd.Hosting;
using Sync.Confd.Options;

namespace Sync.Confd.Authoring;

/// <summary><c>confd render FILE</c>: one template to standard output.</summary>
internal sealed class RenderCommand(Surroundings surroundings)
{
    /// <summary>Runs the command.</summary>
    /// <param name="path">The template.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>0; nothing is written when the template fails.</returns>
    public async Task<int> RunAsync(string path, CancellationToken cancellation)
    {
        if (surroundings.Given(AuthoringFlags.Data).Count > 1)
        {
            throw new AuthoringException(ExitCodes.Usage, "confd render takes one -data");
        }

        var settings = AuthoringCommands.SettingsOf(surroundings);
        var template = LoadedTemplate.Load(path, LoadedTemplate.LanguageOf(path, surroundings), settings, surroundings);
        var data = await TrialInput.LoadAsync(surroundings, settings, cancellation);
        await surroundings.Output.WriteAsync(template.Render(data[0], cancellation), cancellation);
        return ExitCodes.Done;
    }
}
