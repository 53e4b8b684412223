using System.Text;
using Sync.Metad.Model.Backends;
using Sync.Metad.Model.Formats;

namespace Sync.Metad.Tests.Backends;

/// <summary>Revisions that spell a path in several ways, many of them at once.</summary>
public sealed class SnapshotBuilderTests
{
    private readonly SnapshotBuilder _builder = new(new KeyLayout(prefix: "", group: "default"));

    [Fact]
    public void A_first_load_of_keys_that_are_all_spelled_twice_shows_the_canonical_ones()
    {
        const int Count = 50_000;
        var keys = Enumerable.Range(0, Count).SelectMany(number => new[]
        {
            Change($"/d/{number}", number % 2 == 0 ? "canonical" : null),
            Change($"/d//{number}", "other"),
        });

        _builder.Apply(1, keys.Where(change => change.Value is not null));

        var lines = Snapshots.Body(Snapshots.Everything(_builder.Current.Tree.Root), BodyFormat.Text)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Should().HaveCount(Count);
        lines.Count(line => line.EndsWith("\tcanonical", StringComparison.Ordinal)).Should().Be(Count / 2);
    }

    [Fact]
    public void What_one_revision_did_to_a_path_before_its_other_spelling_counts()
    {
        _builder.Apply(1, [Change("/a", "old")]);

        _builder.Apply(2, [Change("/a", "new"), Change("//a", "other")]);
        _builder.Current.Tree.Find(Model.Paths.MetadataPath.Split("/a"))!.Value.ToArray()
            .Should().Equal("new"u8.ToArray());

        _builder.Apply(3, [Change("/a", null)]);
        _builder.Current.Tree.Find(Model.Paths.MetadataPath.Split("/a"))!.Value.ToArray()
            .Should().Equal("other"u8.ToArray());
    }

    [Fact]
    public void Bytes_are_of_what_came_and_of_what_went()
    {
        _builder.Apply(1, [Change("/a", "12345")]);
        _builder.ChangedBytes.Should().Be(2 + 5);

        _builder.Apply(2, [Change("/a", "1")]);
        _builder.ChangedBytes.Should().Be(2 + 1 + 5);

        _builder.Apply(3, [Change("/a", null), Change("/none", null)]);
        _builder.ChangedBytes.Should().Be(2 + 1 + 5);
    }

    private static BackendChange Change(string key, string? value) =>
        new(Encoding.UTF8.GetBytes(key), value is null ? null : Encoding.UTF8.GetBytes(value));
}
