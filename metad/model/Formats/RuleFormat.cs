using System.Globalization;
using System.Text;
using Sync.Metad.Model.Access;

namespace Sync.Metad.Model.Formats;

/// <summary>Writes the rules of hosts, each list in the order of <see cref="AccessRules.Listed"/>.</summary>
public static class RuleFormat
{
    /// <summary>Writes an object of lists; as text one line <c>host tab path tab mode</c> a rule.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="hosts">Hosts in the order of their bytes.</param>
    /// <param name="format">The form.</param>
    public static void Write(
        ByteBuffer buffer, IReadOnlyList<KeyValuePair<string, AccessRules>> hosts, BodyFormat format)
    {
        switch (format)
        {
            case BodyFormat.Json:
                WriteJson(buffer, hosts);
                break;
            case BodyFormat.Yaml:
                WriteYaml(buffer, hosts);
                break;
            default:
                WriteText(buffer, hosts);
                break;
        }
    }

    private static void WriteText(ByteBuffer buffer, IReadOnlyList<KeyValuePair<string, AccessRules>> hosts)
    {
        foreach (var (host, rules) in hosts)
        {
            foreach (var rule in rules.Listed())
            {
                buffer.Append(Encoding.UTF8.GetBytes($"{host}\t{rule.Path}\t"));
                buffer.Append(RuleDocument.ModeText(rule.Mode));
                buffer.Append((byte)'\n');
            }
        }
    }

    private static void WriteJson(ByteBuffer buffer, IReadOnlyList<KeyValuePair<string, AccessRules>> hosts)
    {
        buffer.Append((byte)'{');
        for (var index = 0; index < hosts.Count; index++)
        {
            if (index > 0)
            {
                buffer.Append((byte)',');
            }

            JsonText.Write(buffer, Encoding.UTF8.GetBytes(hosts[index].Key));
            buffer.Append((byte)':');
            RuleDocument.Write(buffer, hosts[index].Value.Listed());
        }

        buffer.Append((byte)'}');
    }

    private static void WriteYaml(ByteBuffer buffer, IReadOnlyList<KeyValuePair<string, AccessRules>> hosts)
    {
        if (hosts.Count == 0)
        {
            buffer.Append("{}\n"u8);
        }

        foreach (var (host, rules) in hosts.OrderBy(entry => entry.Key, Comparer<string>.Create(NaturalOrder.Compare)))
        {
            YamlText.WriteName(buffer, Encoding.UTF8.GetBytes(host));
            var listed = rules.Listed();
            buffer.Append(listed.Count == 0 ? ": []\n"u8 : ":\n"u8);
            foreach (var rule in listed)
            {
                buffer.Append("- path: "u8);
                YamlText.WriteValue(buffer, Encoding.UTF8.GetBytes(rule.Path), indent: 4);
                buffer.Append(Encoding.UTF8.GetBytes(
                    string.Create(CultureInfo.InvariantCulture, $"  mode: {(int)rule.Mode}\n")));
            }
        }
    }
}
