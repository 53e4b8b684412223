using System.Text;
using Sync.Confd.Hosting;
using Sync.Confd.Options;
using Sync.Confd.Plan.Keys;
using Sync.Confd.Sources;
using Sync.Templates;
using Sync.Templates.Keys;

namespace Sync.Confd.Authoring;

/// <summary>What a template is tried with.</summary>
/// <param name="Name">Where it comes from, for messages.</param>
/// <param name="Keys">The keys, named as the template sees them.</param>
/// <param name="Dot">The dot: what a JSON or YAML file holds; nothing for keys alone, as in confd itself.</param>
internal sealed record TrialInput(string Name, KeySnapshot Keys, TemplateDot Dot)
{
    /// <summary>The data that a command line names, each alone; with no data there is one without keys.</summary>
    /// <exception cref="AuthoringException">A <c>-set</c> is malformed, or the backend cannot be read.</exception>
    public static async Task<IReadOnlyList<TrialInput>> LoadAsync(
        Surroundings surroundings, ConfdSettings settings, CancellationToken cancellation)
    {
        var files = surroundings.Given(AuthoringFlags.Data);
        var isLive = files.Count == 0 && new[] { Flags.Backend, Flags.Node, Flags.Files }.Any(flag => surroundings.Line.Values.ContainsKey(flag));
        if (isLive)
        {
            var keys = await ReadAsync(surroundings, settings, cancellation);
            return [Of(settings.Backend.Name, keys, TemplateDot.Nil, surroundings, settings)];
        }

        if (files.Count == 0)
        {
            return [Of("no data", [], TemplateDot.Nil, surroundings, settings)];
        }

        var data = new List<TrialInput>();
        foreach (var file in files)
        {
            var content = await File.ReadAllBytesAsync(file, cancellation);
            var dot = KeyDump.IsDocument(content) ? TemplateDot.OfDocument(content) : TemplateDot.Nil;
            data.Add(Of(file, KeyDump.Read(file, content), dot, surroundings, settings));
        }

        return data;
    }

    private static async Task<IEnumerable<StoredKey>> ReadAsync(
        Surroundings surroundings, ConfdSettings settings, CancellationToken cancellation)
    {
        await using var source = ConfdParts.SourceFor(settings.Backend, surroundings.Variables, surroundings.Clock);
        var (state, reason) = await PolledSource.TryReadAsync(
            source, KeySelection.Of(settings.Prefix, ["/"]).Roots, settings.BackendTimeout, surroundings.Clock, cancellation);
        return state?.Keys.ToList() ?? throw new AuthoringException(ExitCodes.Failed, reason);
    }

    private static TrialInput Of(string name, IEnumerable<StoredKey> keys, TemplateDot dot, Surroundings surroundings, ConfdSettings settings)
    {
        var selection = KeySelection.Of(settings.Prefix, ["/"]);
        var entries =
            from key in keys
            where selection.Covers(key.Name)
            let seen = selection.NameOf(key.Name)
            where seen is not null
            select new KeyEntry(Encoding.UTF8.GetBytes(seen), key.Value);
        var overriding = surroundings.Given(AuthoringFlags.Set).Select(assignment => assignment.Split('=', 2) is [{ Length: > 0 } key, var value]
            ? KeyEntry.FromText(KeyPath.Clean(key), value)
            : throw new AuthoringException(ExitCodes.Usage, $"-set {assignment}: write KEY=VALUE, such as -set app/port=80"));
        return new TrialInput(name, KeySnapshot.Of(entries.Concat(overriding)), dot);
    }
}
