using System.Globalization;
using System.Text;
using Sync.Templates;
using Sync.Templates.Keys;

namespace Sync.Benchmarks.Templates;

/// <summary>A configuration of nginx, 1,000 lines from 500 keys, as a template of each language.</summary>
internal static class NginxTemplate
{
    private const int Servers = 500;

    /// <summary>The Go template.</summary>
    public const string Go = """
        worker_processes auto;
        events { worker_connections 1024; }
        http {
          upstream app {
        {{- range $index, $server := gets "/upstreams/*"}}
            # {{base $server.Key}}{{if exists "/drain"}} drained{{end}}
            server {{$server.Value}} weight={{add $index 1}}{{if eq $server.Value "10.0.0.1:8000"}} backup{{else}} {{printf "max_fails=%d" 3}}{{end}};
        {{- else}}
            server 127.0.0.1:9 down;
        {{- end}}
          }
        }

        """;

    /// <summary>The same in Scriban.</summary>
    public const string Scriban = """
        worker_processes auto;
        events { worker_connections 1024; }
        http {
          upstream app {
        {{- for server in (gets "/upstreams/*") }}
            # {{ base server.key }}{{ if exists "/drain" }} drained{{ end }}
            server {{ server.value }} weight={{ for.index + 1 }}{{ if server.value == "10.0.0.1:8000" }} backup{{ else }} {{ printf "max_fails=%d" 3 }}{{ end }};
        {{- else }}
            server 127.0.0.1:9 down;
        {{- end }}
          }
        }

        """;

    /// <summary>The keys: one for each server.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Keys { get; } =
    [
        .. Enumerable.Range(0, Servers).Select(number => KeyValuePair.Create(
            string.Create(CultureInfo.InvariantCulture, $"/upstreams/server-{number:000}"),
            string.Create(CultureInfo.InvariantCulture, $"10.0.{number / 250}.{(number % 250) + 1}:8000"))),
    ];

    /// <summary>Parses the template of a language.</summary>
    public static Template Parse(TemplateLanguage language)
    {
        var text = Encoding.UTF8.GetBytes(language == TemplateLanguage.Go ? Go : Scriban);
        var parsed = Template.Parse("nginx.conf", text, language, new TemplateOptions());
        return parsed.Template ?? throw new InvalidOperationException(parsed.Diagnostics[0].Text);
    }

    /// <summary>What it is rendered with.</summary>
    public static RenderInput Input() => new()
    {
        Keys = KeySnapshot.Of(Keys),
        Host = new TemplateHost { Clock = TimeProvider.System },
    };
}
