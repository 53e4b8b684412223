using System.Reflection;
using System.Text.RegularExpressions;
using Sync.TestKit;

namespace Sync.Metad.Tests.Conformance;

/// <summary>The page that says what is shown where: it has every check, and every test that it names is there.</summary>
public sealed partial class ChecklistTests
{
    private const int Checks = 18;

    private static readonly ILookup<string, MethodInfo> Tests = typeof(ChecklistTests).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods())
        .Where(method => method.GetCustomAttributes<FactAttribute>().Any())
        .ToLookup(method => method.DeclaringType!.Name);

    private static readonly string Page = File.ReadAllText(Repository.At("tests", "metad", "README.md"));

    [Fact]
    public void Every_check_has_a_row_with_tests()
    {
        var rows = Row().Matches(Page)
            .Select(row => (Number: row.Groups[1].Value, Tests: Name().Count(row.Groups[2].Value))).ToList();

        rows.Select(row => row.Number).Should().Equal(Enumerable.Range(1, Checks).Select(number => $"{number}"));
        rows.Should().OnlyContain(row => row.Tests > 0);
    }

    [Fact]
    public void Every_test_that_the_page_names_is_there()
    {
        var rows = string.Join('\n', Row().Matches(Page).Select(row => row.Groups[2].Value));

        // A folder with its classes, a class with its tests, or one test of a class.
        Name().Matches(rows).Select(name => name.Groups[1].Value).Where(name => !IsThere(name)).Should().BeEmpty();
    }

    private static bool IsThere(string name)
    {
        var path = name.Split('/');
        var parts = path[^1].Split('.');
        var inFolder = (string folder) => Tests.SelectMany(tests => tests)
            .Any(test => test.DeclaringType!.Namespace == $"Sync.Metad.Tests.{folder}");
        return path.Length == 1 && parts.Length == 1 && !Tests.Contains(parts[0])
            ? inFolder(name)
            : Tests[parts[0]].Any(test => (parts.Length == 1 || test.Name == parts[1])
                && (path.Length == 1 || test.DeclaringType!.Namespace == $"Sync.Metad.Tests.{path[0]}"));
    }

    [GeneratedRegex(@"^\| ([0-9]+) \|[^|]*\|([^|]*)\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([A-Z][A-Za-z_0-9/.]*)`")]
    private static partial Regex Name();
}
