using System.Text;
using System.Text.Json;
using Sync.Metad.Model.Access;
using Sync.Metad.Model.Clients;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Mapping;
using Sync.Metad.Model.Metadata;
using Sync.Metad.Model.Paths;
using Sync.Metad.Model.Views;

namespace Sync.Metad.Endpoints;

/// <summary>Answers why a caller sees a path or does not: whose rules count, what bears on the path, each step.</summary>
internal static class RuleExplainer
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary>Explains.</summary>
    /// <param name="snapshot">The state to explain.</param>
    /// <param name="settings">What the operator decided for all callers.</param>
    /// <param name="host">The caller as it was named.</param>
    /// <param name="client">The caller.</param>
    /// <param name="path">The path, which may lie below <c>/self</c>.</param>
    /// <param name="format">JSON and YAML are written as indented JSON, every other form as lines to read.</param>
    public static Answer Explain(
        MetadataSnapshot snapshot,
        ViewSettings settings,
        string host,
        ClientIdentity client,
        MetadataPath path,
        BodyFormat format)
    {
        var verdict = Verdict.Of(snapshot, settings, client, path);
        var buffer = new ByteBuffer(1024);
        if (format is BodyFormat.Json or BodyFormat.Yaml)
        {
            WriteJson(buffer, host, client, path, verdict);
        }
        else
        {
            WriteText(buffer, host, client, path, verdict);
        }

        return Answer.Of(buffer, format);
    }

    private static void WriteText(
        ByteBuffer buffer, string host, ClientIdentity client, MetadataPath path, Verdict verdict)
    {
        Line($"{host} {(verdict.IsVisible ? "sees" : "does not see")} {path}: {verdict.Reason}");
        if (!client.Names.IsEmpty)
        {
            Line($"known as: {client}");
        }

        Line($"rules: {verdict.Source}");
        if (verdict.Mapping is { } mapping)
        {
            Line($"mapping: that of {mapping}");
        }

        if (verdict.Target is { } target && target != path)
        {
            Line($"target: {target}");
        }

        foreach (var rule in verdict.Explanation?.Matches ?? [])
        {
            Line($"rule {rule.Path} {Word(rule.Mode)}");
        }

        foreach (var step in verdict.Explanation?.Steps ?? [])
        {
            Line($"step {step.Path} {(step.IsAllowed ? step.MayRead ? "readable" : "may be entered" : "refused")}");
        }

        void Line(string text) => buffer.Append(Encoding.UTF8.GetBytes(text + "\n"));
    }

    private static void WriteJson(
        ByteBuffer buffer, string host, ClientIdentity client, MetadataPath path, Verdict verdict)
    {
        var text = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text, Indented))
        {
            json.WriteStartObject();
            json.WriteString("host", host);
            json.WriteString("known_as", client.ToString());
            json.WriteString("path", path.ToString());
            json.WriteString("target", verdict.Target?.ToString());
            json.WriteBoolean("visible", verdict.IsVisible);
            json.WriteString("reason", verdict.Reason);
            json.WriteString("rules", verdict.Source);
            json.WriteString("mapping", verdict.Mapping);
            json.WriteStartArray("matches");
            foreach (var rule in verdict.Explanation?.Matches ?? [])
            {
                json.WriteStartObject();
                json.WriteString("path", rule.Path);
                json.WriteNumber("mode", (int)rule.Mode);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("steps");
            foreach (var step in verdict.Explanation?.Steps ?? [])
            {
                json.WriteStartObject();
                json.WriteString("path", step.Path);
                json.WriteBoolean("allowed", step.IsAllowed);
                json.WriteBoolean("readable", step.MayRead);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        buffer.Append(text.WrittenSpan);
        buffer.Append((byte)'\n');
    }

    private static string Word(AccessMode mode) => mode switch
    {
        AccessMode.Read => "shows",
        AccessMode.Forbidden => "hides",
        _ => "says nothing",
    };

    private sealed record Verdict(
        string Source, MetadataPath? Target, bool IsVisible, string Reason, RuleExplanation? Explanation)
    {
        // Whom the entry is for that maps the caller; null when none does.
        public string? Mapping { get; private init; }

        public static Verdict Of(
            MetadataSnapshot snapshot, ViewSettings settings, ClientIdentity client, MetadataPath path) =>
            Decide(snapshot, settings, client, path) with { Mapping = EntryOf(snapshot, client) };

        private static string? EntryOf(MetadataSnapshot snapshot, ClientIdentity client)
        {
            var key = snapshot.Mapping.Of(client) is { } mapping ? Encoding.UTF8.GetString(mapping.Name.Bytes) : null;
            return key switch
            {
                null => null,
                "" => $"the label {LabelMapping.Label}",
                _ => MappingEntry.BlockOf(key)?.ToString() ?? key,
            };
        }

        private static Verdict Decide(
            MetadataSnapshot snapshot, ViewSettings settings, ClientIdentity client, MetadataPath path)
        {
            var (source, rules) = RulesOf(snapshot, settings, client);
            var view = snapshot.For(client, settings);
            var isVisible = view.Find(path) is not null;
            if (rules is null)
            {
                return new(source, path, isVisible, "the caller has neither rules nor a mapping", Explanation: null);
            }

            if (view.TargetOf(path) is not { } target)
            {
                var reason = isVisible ? "a directory of the mapping" : "the mapping has no such name";
                return new(source, Target: null, isVisible, reason, Explanation: null);
            }

            var explanation = RuleExplanation.Of(rules, target);
            return new(source, target, isVisible, ReasonOf(isVisible, snapshot.Tree.Find(target), explanation), explanation);
        }

        private static (string Source, AccessRules? Rules) RulesOf(
            MetadataSnapshot snapshot, ViewSettings settings, ClientIdentity client)
        {
            if (snapshot.Rules.Of(client) is { } own)
            {
                var host = snapshot.Rules.Hosts.First(pair => ReferenceEquals(pair.Value.Rules, own)).Key;
                return ($"those of {host}", own);
            }

            if (snapshot.Mapping.Of(client) is { } mapping)
            {
                return ("read on the targets of the mapping, since no rules name the caller", snapshot.Mapping.Implied(mapping));
            }

            return settings.UnknownMayRead ? ("everything, by default_access", AccessRules.Everything) : ("none", null);
        }

        private static string ReasonOf(bool isVisible, MetadataNode? node, RuleExplanation explanation) => (isVisible, node) switch
        {
            (false, null) => "nothing is there",
            (false, _) when !explanation.IsReached => $"the rules refuse the step to {explanation.Steps[^1].Path}",
            (false, { IsLeaf: true }) when !explanation.MayRead => "the value there is hidden",
            (false, _) => "only the caller's own part is answered",
            (true, { IsLeaf: true }) => "the value there may be read",
            _ when explanation is { HasRulesBelow: true } => "a directory, as far as the rules below it show",
            _ => explanation.MayRead ? "a directory, with all below it" : "a directory in which nothing shows",
        };
    }
}
