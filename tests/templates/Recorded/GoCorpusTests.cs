namespace Sync.Templates.Tests.Recorded;

/// <summary>Every case recorded from Go's text/template.</summary>
public sealed class GoCorpusTests
{
    public static TheoryData<string> Groups => [.. Corpus.GroupsOf(Corpus.Go)];

    [Theory]
    [MemberData(nameof(Groups))]
    public void A_group_of_templates_goes_as_in_Go(string group)
    {
        var cases = Corpus.Go.Where(recorded => Corpus.Text(recorded, "group") == group).ToList();

        var differences = cases.Select(recorded => RecordedTemplate.Difference(recorded, Corpus.Shared)).OfType<string>().ToList();

        differences.Should().BeEmpty("{0} of {1} cases pass", cases.Count - differences.Count, cases.Count);
    }

    public static TheoryData<string> MoreGroups => [.. Corpus.GroupsOf(Corpus.More)];

    [Theory]
    [MemberData(nameof(MoreGroups))]
    public void A_group_of_changed_and_random_templates_goes_as_in_Go(string group)
    {
        var cases = Corpus.More.Where(recorded => Corpus.Text(recorded, "group") == group).ToList();

        var differences = cases.Select(recorded => RecordedTemplate.Difference(recorded, Corpus.OwnShared)).OfType<string>().ToList();

        differences.Should().BeEmpty("{0} of {1} cases pass", cases.Count - differences.Count, cases.Count);
    }
}
