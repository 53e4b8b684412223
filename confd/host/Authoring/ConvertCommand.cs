using System.Globalization;
using Sync.Confd.Hosting;
using Sync.Confd.Options;
using Sync.Confd.Running;
using Sync.Templates;
using Sync.Templates.Translation;

namespace Sync.Confd.Authoring;

/// <summary><c>confd convert FILE</c>: a Go template in Scriban, proved by rendering both.</summary>
internal sealed class ConvertCommand(Surroundings surroundings)
{
    private const int ContextLines = 3;

    /// <summary>Runs the command.</summary>
    /// <param name="path">The Go template.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>0 when both render the same with each data, or when there is no data to prove it with.</returns>
    public async Task<int> RunAsync(string path, CancellationToken cancellation)
    {
        var settings = AuthoringCommands.SettingsOf(surroundings);
        var go = LoadedTemplate.Load(path, TemplateLanguage.Go, settings.Templates, surroundings);
        var converted = GoToScriban.Convert(Path.GetFileName(path), go.Source, settings.Templates);
        if (!converted.Succeeded)
        {
            throw new AuthoringException(ExitCodes.Failed,
                string.Join('\n', converted.Diagnostics.Select(fault => FaultText.Of(fault, path, go.Source, key: null))));
        }

        // Go templates reach outside without asking; the proof needs the same of Scriban.
        var options = settings.Templates with { ScribanReachesOutside = true };
        var scriban = LoadedTemplate.Parse(path + ".sbn", converted.Text.ToArray(), TemplateLanguage.Scriban, options, surroundings);
        var isProved = await ProveAsync(go, scriban, settings, cancellation);
        if (surroundings.Given(AuthoringFlags.Target) is [.., var target])
        {
            await File.WriteAllBytesAsync(target, converted.Text.ToArray(), cancellation);
        }
        else
        {
            await surroundings.Output.WriteAsync(converted.Text, cancellation);
        }

        return isProved ? ExitCodes.Done : ExitCodes.Failed;
    }

    private async Task<bool> ProveAsync(LoadedTemplate go, LoadedTemplate scriban, ConfdSettings settings, CancellationToken cancellation)
    {
        var data = await TrialInput.LoadAsync(surroundings, settings, cancellation);
        var isProved = true;
        foreach (var one in data)
        {
            var expected = go.Render(one, cancellation);
            var actual = scriban.Render(one, cancellation);
            if (expected.Span.SequenceEqual(actual.Span))
            {
                await surroundings.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                    $"both render the same {expected.Length} bytes with {one.Name}"));
                continue;
            }

            isProved = false;
            await surroundings.Error.WriteLineAsync($"the two differ with {one.Name}; - is Go, + is Scriban");
            await surroundings.Error.WriteAsync(UnifiedDiff.Between(go.Path, expected.Span, actual.Span, ContextLines));
        }

        if (data is [{ Keys.Count: 0 }] && surroundings.Given(AuthoringFlags.Data).Count == 0)
        {
            await surroundings.Error.WriteLineAsync("tried without keys only; give -data to prove more");
        }

        return isProved;
    }
}
