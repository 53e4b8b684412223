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

    // A comment that prints nothing.
    private static ReadOnlySpan<byte> NotProved => "{{ ## not proved ## }}"u8;

    /// <summary>Runs the command.</summary>
    /// <param name="path">The Go template.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>
    /// 0 when both render the same with each data, or when there is no data to prove it with. A conversion that renders
    /// something else is shown and never written to a file; one that could not be tried for lack of keys says so.
    /// </returns>
    public async Task<int> RunAsync(string path, CancellationToken cancellation)
    {
        var settings = AuthoringCommands.SettingsOf(surroundings);
        var go = LoadedTemplate.Load(path, TemplateLanguage.Go, settings, surroundings);
        var converted = GoToScriban.Convert(Path.GetFileName(path), go.Source, settings.Templates);
        if (!converted.Succeeded)
        {
            throw new AuthoringException(ExitCodes.Failed,
                string.Join('\n', converted.Diagnostics.Select(fault => FaultText.Of(fault, path, go.Source, key: null))));
        }

        // Go templates reach outside without asking; the proof needs the same of Scriban.
        var reaching = settings with { Templates = settings.Templates with { ScribanReachesOutside = true } };
        var scriban = LoadedTemplate.Parse(path + ".sbn", converted.Text.ToArray(), TemplateLanguage.Scriban, reaching, surroundings);
        var data = await TrialInput.LoadAsync(surroundings, settings, cancellation);
        var proof = await ProveAsync(go, scriban, data, cancellation);
        await WriteAsync(proof == Proof.KeysMissing ? (byte[])[.. NotProved, .. converted.Text.Span] : converted.Text, proof, cancellation);
        return proof == Proof.Same || (proof == Proof.KeysMissing && IsWithoutData(data)) ? ExitCodes.Done : ExitCodes.Failed;
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> text, Proof proof, CancellationToken cancellation)
    {
        if (surroundings.Given(AuthoringFlags.Target) is not [.., var target])
        {
            await surroundings.Output.WriteAsync(text, cancellation);
        }
        else if (proof == Proof.Differs)
        {
            await surroundings.Error.WriteLineAsync($"{target} is not written; without -to the conversion is shown");
        }
        else
        {
            await File.WriteAllBytesAsync(target, text, cancellation);
        }
    }

    private bool IsWithoutData(IReadOnlyList<TrialInput> data) =>
        data is [{ Keys.Count: 0 }] && surroundings.Given(AuthoringFlags.Data).Count == 0;

    private async Task<Proof> ProveAsync(
        LoadedTemplate go, LoadedTemplate scriban, IReadOnlyList<TrialInput> data, CancellationToken cancellation)
    {
        var proof = Proof.Same;
        foreach (var one in data)
        {
            var original = go.Attempt(one, cancellation);
            if (original.ErrorKey is { } key && one.Keys.Value(key) is null)
            {
                proof = proof == Proof.Same ? Proof.KeysMissing : proof;
                await surroundings.Error.WriteLineAsync(
                    $"not proved with {one.Name}: the template asks for {key}, which is missing; give -data or -set with all keys it reads");
                continue;
            }

            var expected = original.Succeeded ? original.Output : go.Render(one, cancellation);
            var actual = scriban.Render(one, cancellation);
            if (expected.Span.SequenceEqual(actual.Span))
            {
                await surroundings.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                    $"both render the same {expected.Length} bytes with {one.Name}"));
                continue;
            }

            proof = Proof.Differs;
            await surroundings.Error.WriteLineAsync($"the two differ with {one.Name}; - is Go, + is Scriban");
            await surroundings.Error.WriteAsync(UnifiedDiff.Between(go.Path, expected.Span, actual.Span, ContextLines));
        }

        if (proof == Proof.Same && IsWithoutData(data))
        {
            await surroundings.Error.WriteLineAsync("tried without keys only; give -data to prove more");
        }

        return proof;
    }

    /// <summary>What rendering both has shown.</summary>
    private enum Proof
    {
        /// <summary>Both render the same with all data.</summary>
        Same,

        /// <summary>With some data the Go template fails for want of a key, and nothing speaks against the conversion.</summary>
        KeysMissing,

        /// <summary>They render something else.</summary>
        Differs,
    }
}
