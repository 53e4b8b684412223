using System.Globalization;
using System.Text.RegularExpressions;
using Sync.Tidy.Tests.Tree;

namespace Sync.Tidy.Tests;

/// <summary>Every log event has a number of its own, from the range of its component.</summary>
public sealed partial class EventIdTests
{
    private static readonly Dictionary<string, (int First, int Last)> RangeOf = new(StringComparer.Ordinal)
    {
        ["store"] = (1000, 1999),
        ["confd"] = (2000, 2999),
        ["metad"] = (3000, 3999),
    };

    private static IEnumerable<SourceFile> Product =>
        SourceTree.CSharp.Where(file => RangeOf.ContainsKey(file.TopFolder));

    [Fact]
    public void Each_event_has_a_literal_id_in_its_components_range() =>
        Product.SelectMany(OutOfRange).ShouldBeNone();

    [Fact]
    public void No_two_events_share_an_id() => Doubled(Product).ShouldBeNone();

    [Theory]
    [InlineData("[LoggerMessage(2001, LogLevel.Error, \"Lost.\")]", "id 2001 is outside 1000 to 1999")]
    [InlineData("[LoggerMessage(Level = LogLevel.Error,\n    EventId = 999, Message = \"Lost.\")]", "id 999")]
    [InlineData("[LoggerMessage(LogLevel.Error, \"Lost 1001 keys.\")]", "has no id")]
    public void A_planted_id_is_found(string attribute, string fault) =>
        OutOfRange(new SourceFile("store/server/Planted.Log.cs", attribute))
            .Should().ContainSingle().Which.Fault.Should().Contain(fault);

    [Fact]
    public void A_planted_double_is_found()
    {
        SourceFile first = new("store/disk/First.Log.cs", "[LoggerMessage(1001, LogLevel.Error, \"One.\")]");
        SourceFile second = new("store/disk/Second.Log.cs", "\n[LoggerMessage(EventId = 1001, Message = \"Two.\")]");

        Doubled([first, second]).Should().ContainSingle().Which.ToString()
            .Should().StartWith("store/disk/Second.Log.cs:2: event 1001 is also at store/disk/First.Log.cs:1");
    }

    private static IEnumerable<Violation> OutOfRange(SourceFile file)
    {
        var (first, last) = RangeOf[file.TopFolder];

        return Events(file)
            .Where(found => found.Id is not { } id || id < first || id > last)
            .Select(found => new Violation(
                file.Path,
                found.Line,
                found.Id is { } id ? $"event id {id} is outside {first} to {last}" : "the log event has no id as a number",
                $"Give it a free number from {first} to {last} that no other event of {file.TopFolder} has."));
    }

    private static IEnumerable<Violation> Doubled(IEnumerable<SourceFile> files) =>
        files
            .SelectMany(file => Events(file).Select(found => (file.Path, found.Line, found.Id)))
            .Where(found => found.Id is not null)
            .GroupBy(found => found.Id)
            .SelectMany(group => group.Skip(1).Select(later => new Violation(
                later.Path,
                later.Line,
                $"event {later.Id} is also at {group.First().Path}:{group.First().Line}",
                "Give the newer one a free number; ids in released logs never change.")));

    private static IEnumerable<(int Line, int? Id)> Events(SourceFile file) =>
        LoggerMessage().Matches(file.Text).Select(match => (
            file.LineAt(match.Index),
            match.Groups["id"].Success ? int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture) : (int?)null));

    // The id is the first argument, or is named anywhere before the closing bracket of the attribute.
    [GeneratedRegex(@"\[LoggerMessage\((?:\s*(?<id>\d+)\b|[^\]]*?\bEventId\s*=\s*(?<id>\d+)\b)?")]
    private static partial Regex LoggerMessage();
}
