using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;
using Sync.Templates;
using Sync.TestKit;

namespace Sync.Benchmarks.Templates;

/// <summary>
/// Parses and renders a configuration with our engine and with Go's text/template, in turn in one run. What counts is the
/// processor time of the process, collecting garbage included, so that other work on the machine counts for neither.
/// </summary>
/// <param name="seconds">How long each is measured.</param>
/// <param name="rounds">How often; medians are told.</param>
/// <param name="directory">Where the files for Go are made.</param>
internal sealed class TemplateComparison(double seconds, int rounds, string directory)
{
    /// <summary>Measures.</summary>
    /// <returns>The lines of a table.</returns>
    /// <exception cref="InvalidOperationException">The two render something different.</exception>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellation)
    {
        var go = await BuildAsync(cancellation);
        var input = NginxTemplate.Input();
        var (ours, scriban) = (NginxTemplate.Parse(TemplateLanguage.Go), NginxTemplate.Parse(TemplateLanguage.Scriban));
        var rendered = ours.Render(input, cancellation);
        if (rendered.Error is not null || scriban.Render(input, cancellation).Error is { } fault)
        {
            throw new InvalidOperationException("the template does not render");
        }

        if (go is not null)
        {
            var theirs = await RunGoAsync(go, "output", cancellation);
            if (theirs != Encoding.UTF8.GetString(rendered.Output.Span))
            {
                throw new InvalidOperationException("Go renders something else");
            }
        }

        if (!scriban.Render(input, cancellation).Output.Span.SequenceEqual(rendered.Output.Span))
        {
            throw new InvalidOperationException("Scriban renders something else");
        }

        var lines = new List<string>
        {
            string.Create(CultureInfo.InvariantCulture,
                $"{NginxTemplate.Keys.Count} keys, {rendered.Output.Span.Count((byte)'\n'):N0} lines, {rendered.Output.Length:N0} bytes rendered"),
            $"{"",-24}{"per CPU second",16}{"us each",12}{"KiB each",12}{"ratio to Go",14}",
        };
        foreach (var (name, operation, work) in new (string, string, Action)[]
        {
            ("render, Go templates", "render", () => ours.Render(input, cancellation)),
            ("parse, Go templates", "parse", () => NginxTemplate.Parse(TemplateLanguage.Go)),
            ("render, Scriban", "render", () => scriban.Render(input, cancellation)),
            ("parse, Scriban", "parse", () => NginxTemplate.Parse(TemplateLanguage.Scriban)),
        })
        {
            lines.AddRange(await CompareAsync(name, operation, work, go, cancellation));
        }

        return lines;
    }

    private async Task<IEnumerable<string>> CompareAsync(
        string name, string operation, Action work, string? go, CancellationToken cancellation)
    {
        var ours = new List<Sample>();
        var theirs = new List<Sample>();
        for (var round = 0; round < rounds; round++)
        {
            ours.Add(Measure(work));
            if (go is not null)
            {
                theirs.Add(Sample.Parse(await RunGoAsync(go, operation, cancellation)));
            }
        }

        var our = Median(ours);
        if (theirs.Count == 0)
        {
            return [Line(name, our, "no Go")];
        }

        var their = Median(theirs);
        return
        [
            Line(name, our, string.Create(CultureInfo.InvariantCulture, $"{our.PerSecond / their.PerSecond:0.00}")),
            Line("  Go text/template", their, ""),
        ];
    }

    private static string Line(string name, Sample sample, string ratio) => string.Create(CultureInfo.InvariantCulture,
        $"{name,-24}{sample.PerSecond,16:N0}{1e6 / sample.PerSecond,12:N1}{sample.Bytes / 1024.0,12:N1}{ratio,14}");

    private static Sample Median(List<Sample> samples) => samples.OrderBy(sample => sample.PerSecond).ElementAt(samples.Count / 2);

    private Sample Measure(Action work)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < seconds / 2)
        {
            work();
        }

        GC.Collect();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var used = Environment.CpuUsage.TotalTime;
        var count = 0;
        clock.Restart();
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            work();
            count++;
        }

        var elapsed = (Environment.CpuUsage.TotalTime - used).TotalSeconds;
        return new Sample(count / elapsed, (GC.GetAllocatedBytesForCurrentThread() - allocated) / count);
    }

    private string At(string name) => Path.Combine(directory, name);

    // Null when there is no Go on the machine.
    private async Task<string?> BuildAsync(CancellationToken cancellation)
    {
        await File.WriteAllTextAsync(At("nginx.conf.tmpl"), NginxTemplate.Go, cancellation);
        await File.WriteAllTextAsync(At("keys.json"), JsonSerializer.Serialize(new Dictionary<string, string>(NginxTemplate.Keys)), cancellation);
        if (DebianPrograms.Find("go") is null)
        {
            return null;
        }

        var program = At("gotemplate");
        await Cli.Wrap("go").WithArguments(["build", "-o", program, Repository.At("tests", "benchmarks", "Templates", "go", "main.go")])
            .WithEnvironmentVariables(variables => variables.Set("GOFLAGS", "-mod=mod").Set("GO111MODULE", "off"))
            .ExecuteAsync(cancellation);
        return program;
    }

    private async Task<string> RunGoAsync(string program, string operation, CancellationToken cancellation)
    {
        var run = await Cli.Wrap(program)
            .WithArguments([operation, At("nginx.conf.tmpl"), At("keys.json"), seconds.ToString(CultureInfo.InvariantCulture)])
            .ExecuteBufferedAsync(Encoding.UTF8, cancellation);
        return run.StandardOutput;
    }

    /// <summary>What one measurement gave.</summary>
    private sealed record Sample(double PerSecond, long Bytes)
    {
        public static Sample Parse(string line)
        {
            var parts = line.Split(' ', StringSplitOptions.TrimEntries);
            return new Sample(
                double.Parse(parts[0], CultureInfo.InvariantCulture) / double.Parse(parts[1], CultureInfo.InvariantCulture),
                long.Parse(parts[2], CultureInfo.InvariantCulture));
        }
    }
}
