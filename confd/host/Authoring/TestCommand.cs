using System.Globalization;
using Sync.Confd.Hosting;
using Sync.Confd.Options;
using Sync.Confd.Plan.Actions;
using Sync.Confd.Plan.Resources;
using Sync.Confd.Rendering;
using Sync.Confd.Running;
using Sync.Confd.Sources;

namespace Sync.Confd.Authoring;

/// <summary><c>confd test DIR</c>: the golden-file tests of a configuration folder.</summary>
/// <remarks>
/// A test is a folder below <c>DIR/tests</c>, or <c>DIR/sample</c>. It holds <c>keys.json</c>, <c>.yaml</c>, <c>.yml</c> or
/// <c>.txt</c>; for each file that is to be checked <c>NAME.golden</c>, or <c>NAME.error</c> with a part of the error that is
/// expected, where NAME is that of the destination without its folder; and, when templates read the environment,
/// <c>environment</c> with NAME=VALUE lines. The environment of the caller does not count.
/// </remarks>
internal sealed class TestCommand(Surroundings surroundings)
{
    private static readonly string[] DataFiles = ["keys.json", "keys.yaml", "keys.yml", "keys.txt"];

    private int _passed;
    private int _failed;

    /// <summary>Runs the tests.</summary>
    /// <param name="folder">The configuration folder.</param>
    /// <param name="cancellation">Ends them.</param>
    /// <returns>0 when there are tests and all pass.</returns>
    public async Task<int> RunAsync(string folder, CancellationToken cancellation)
    {
        var configuration = Configuration.OfFolder(folder, surroundings.Line);
        foreach (var fault in configuration.Diagnostics)
        {
            await surroundings.Error.WriteLineAsync(fault.IsError ? $"{fault}" : $"warning: {fault}");
        }

        if (configuration.Settings is not { } settings || configuration.Resources.HasErrors)
        {
            return ExitCodes.Failed;
        }

        foreach (var test in TestsIn(folder))
        {
            cancellation.ThrowIfCancellationRequested();
            Run(test, settings, configuration.Resources.Resources, cancellation);
        }

        if (_passed + _failed == 0)
        {
            throw new AuthoringException(ExitCodes.Failed, $"{folder} has no tests; make a folder below {Path.Combine(folder, "tests")}"
                + $" with {DataFiles[0]} and a NAME.golden for each file, or run with -update to have them written");
        }

        surroundings.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_passed} passed, {_failed} failed"));
        return _failed == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static IEnumerable<string> TestsIn(string folder)
    {
        var tests = Path.Combine(folder, "tests");
        var sample = Path.Combine(folder, "sample");
        return (Directory.Exists(tests) ? Directory.GetDirectories(tests).Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
            .Concat(Directory.Exists(sample) ? [sample] : []);
    }

    private void Run(string test, ConfdSettings settings, IReadOnlyList<Resource> resources, CancellationToken cancellation)
    {
        var data = DataFiles.Select(name => Path.Combine(test, name)).FirstOrDefault(File.Exists);
        if (data is null)
        {
            Fail(test, "", $"has none of {string.Join(", ", DataFiles)}");
            return;
        }

        var state = new KeyState(0, KeyDump.Read(data, File.ReadAllBytes(data)));
        var host = MachineHost.For(settings.TemplateFolder, settings.Secrets, EnvironmentOf(test), surroundings.Clock);
        var renderer = new TemplateRenderer(settings, host);
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var resource in resources)
        {
            var name = Path.GetFileName(resource.Destination);
            known.Add(name);
            Compare(test, name, renderer.Render(resource, state, cancellation));
        }

        foreach (var file in Directory.GetFiles(test).Order(StringComparer.Ordinal))
        {
            if (Path.GetExtension(file) is ".golden" or ".error" && !known.Contains(Path.GetFileNameWithoutExtension(file)))
            {
                Fail(test, Path.GetFileName(file), "belongs to no resource");
            }
        }
    }

    private static Dictionary<string, string> EnvironmentOf(string test)
    {
        var file = Path.Combine(test, "environment");
        var lines = File.Exists(file) ? File.ReadAllLines(file) : [];
        return lines.Where(line => line.Contains('=', StringComparison.Ordinal)).Select(line => line.Split('=', 2))
            .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
    }

    private void Compare(string test, string name, RenderedFile rendered)
    {
        var golden = Path.Combine(test, name + ".golden");
        var error = Path.Combine(test, name + ".error");
        if (surroundings.Given(AuthoringFlags.Update).Count > 0 && !File.Exists(error) && rendered is RenderedFile.Done written)
        {
            File.WriteAllBytes(golden, written.Content.ToArray());
        }

        switch (rendered)
        {
            case RenderedFile.Refused refused when File.Exists(error):
                var expected = File.ReadAllText(error).Trim();
                Judge(test, name, refused.Reason.Contains(expected, StringComparison.Ordinal),
                    $"the error is\n{refused.Reason}\nand does not contain\n{expected}");
                break;
            case RenderedFile.Refused refused when File.Exists(golden):
                Fail(test, name, refused.Reason);
                break;
            case RenderedFile.Done when File.Exists(error):
                Fail(test, name, $"renders, and {Path.GetFileName(error)} expects an error");
                break;
            case RenderedFile.Done done when File.Exists(golden):
                var wanted = File.ReadAllBytes(golden);
                Judge(test, name, done.Content.Span.SequenceEqual(wanted),
                    "\n" + UnifiedDiff.Between(golden, wanted, done.Content.Span, contextLines: 3).TrimEnd('\n'));
                break;
        }
    }

    private void Judge(string test, string name, bool passes, string reason)
    {
        if (!passes)
        {
            Fail(test, name, reason);
            return;
        }

        _passed++;
        surroundings.WriteLine($"ok   {Path.GetFileName(test)}: {name}");
    }

    private void Fail(string test, string name, string reason)
    {
        _failed++;
        surroundings.WriteLine($"FAIL {Path.GetFileName(test)}: {(name.Length > 0 ? name + ": " : "")}{reason}");
    }
}
