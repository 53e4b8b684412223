using System.Text;
using CsCheck;
using Sync.Confd.Plan.Actions;
using Sync.Confd.Plan.Resources;

namespace Sync.Confd.Tests;

public sealed class PlannerTests
{
    private static readonly FileOwner Root = new(0, 0);

    [Fact]
    public void A_new_file_is_announced_staged_checked_replaced_and_reloaded_in_this_order() =>
        Kinds(Plan(Candidate("new", new DestinationSeen.Absent())))
            .Should().Equal("Announce", "Stage", "Check", "Replace", "Reload");

    [Fact]
    public void An_equal_file_is_kept_and_nothing_is_run() =>
        Kinds(Plan(Candidate("same", Seen("same")))).Should().Equal("KeepInSync");

    [Theory]
    [InlineData("other", 420, 0, 0)]
    [InlineData("same", 384, 0, 0)]
    [InlineData("same", 420, 5, 0)]
    [InlineData("same", 420, 0, 5)]
    public void Content_mode_owner_and_group_each_make_a_difference(string content, int mode, int user, int group)
    {
        var candidate = Candidate("same", Seen(content, mode, user, group)) with { };

        var plan = Plan(candidate with { Resource = candidate.Resource with { Mode = 420 } });

        plan[0].Should().BeOfType<PlanAction.Announce>().Which.Differences.Should().ContainSingle();
        Kinds(plan).Should().Contain("Replace");
    }

    [Fact]
    public void Differences_are_worded_as_confd_words_them()
    {
        var plan = Plan(Candidate("new", Seen("old", 384, 7, 8), mode: 416));

        ((PlanAction.Announce)plan[0]).Differences.Select(difference => difference.Sentence("/d")).Should().Equal(
            "/d has UID 7 should be 0",
            "/d has GID 8 should be 0",
            "/d has mode -rw------- should be -rw-r-----",
            "/d has md5sum 149603e6c03516362a8da23f624db945 should be 22af645d1859cb5ca6da0c484f1f37ea");
    }

    [Fact]
    public void A_resource_without_a_mode_keeps_that_of_the_file_and_gives_a_new_one_0644()
    {
        Plan(Candidate("new", Seen("old", mode: 384))).OfType<PlanAction.Stage>().Single().Mode.Should().Be(384);
        Plan(Candidate("new", new DestinationSeen.Absent())).OfType<PlanAction.Stage>().Single().Mode.Should().Be(420);
    }

    [Fact]
    public void Sync_only_checks_and_reloads_nothing() =>
        Kinds(Planner.Plan([Candidate("new", Seen("old"))], syncOnly: true))
            .Should().Equal("Announce", "Stage", "Replace");

    [Fact]
    public void A_refused_template_and_an_unusable_destination_leave_everything_alone()
    {
        var refused = Candidate("x", Seen("y")) with { Rendering = new RenderedFile.Refused("no key") };

        Plan(refused, Candidate("x", new DestinationSeen.Unusable("a directory"))).Should().BeEquivalentTo(
            new PlanAction[]
            {
                new PlanAction.Refuse(refused.Resource, "no key"),
                new PlanAction.Refuse(Candidate("x", Seen("x")).Resource, "a directory"),
            },
            options => options.RespectingRuntimeTypes());
    }

    [Fact]
    public void A_shared_reload_comes_once_after_all_files()
    {
        var plan = Plan(Candidate("1", Seen("0")), Candidate("2", Seen("0")), Candidate("3", Seen("3")));

        Kinds(plan).Should().Equal(
            "Announce", "Stage", "Check", "Replace", "Announce", "Stage", "Check", "Replace", "KeepInSync", "Reload");
        ((PlanAction.Reload)plan[^1]).Resources.Should().HaveCount(2);
    }

    [Fact]
    public void Reloads_that_name_their_file_come_once_for_each() =>
        Kinds(Plan(
            Candidate("1", Seen("0"), reload: "r {{.dest}}"), Candidate("2", Seen("0"), reload: "r {{.dest}}")))
            .Count(kind => kind == "Reload").Should().Be(2);

    [Fact]
    public void An_owed_reload_comes_even_when_the_file_is_in_sync()
    {
        var plan = Plan(Candidate("same", Seen("same")) with { Reload = ReloadDue.Always });

        Kinds(plan).Should().Equal("KeepInSync", "Reload");
        ((PlanAction.Reload)plan[^1]).Owed.Should().ContainSingle();
    }

    [Fact]
    public void A_reload_that_has_to_wait_is_left_out() =>
        Kinds(Plan(Candidate("new", Seen("old")) with { Reload = ReloadDue.Later }))
            .Should().Equal("Announce", "Stage", "Check", "Replace");

    [Fact]
    public void No_file_is_replaced_without_its_check_and_no_reload_comes_without_a_reason() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 2], Gen.Int[0, 1]).List[1, 6].Sample(rows =>
        {
            var candidates = rows.Select(row => Random(row.Item1, row.Item2, row.Item3)).ToList();

            var plan = Planner.Plan(candidates, syncOnly: false);

            foreach (var replace in plan.OfType<PlanAction.Replace>())
            {
                var steps = plan.TakeWhile(action => action != replace).ToList();
                steps.OfType<PlanAction.Check>().Should().Contain(check => check.Resource == replace.Resource);
                steps.OfType<PlanAction.Stage>().Should().Contain(stage => stage.Resource == replace.Resource);
            }

            var reloads = plan.OfType<PlanAction.Reload>().ToList();
            reloads.Select(reload => reload.Command.Text).Should().OnlyHaveUniqueItems();
            reloads.SelectMany(reload => reload.Resources.Except(reload.Owed))
                .Should().BeSubsetOf(plan.OfType<PlanAction.Replace>().Select(replace => replace.Resource));
            plan.TakeLast(reloads.Count).Should().AllBeOfType<PlanAction.Reload>("reloads come last");
        });

    private static Candidate Random(int seen, int reload, int command)
    {
        DestinationSeen destination = seen switch
        {
            0 => new DestinationSeen.Absent(),
            1 => Seen("new"),
            2 => Seen("old"),
            _ => new DestinationSeen.Unusable("no"),
        };

        return Candidate("new", destination, reload: $"reload {command}") with { Reload = (ReloadDue)reload };
    }

    private static IReadOnlyList<PlanAction> Plan(params Candidate[] candidates) =>
        Planner.Plan(candidates, syncOnly: false);

    private static IEnumerable<string> Kinds(IEnumerable<PlanAction> plan) => plan.Select(action => action.GetType().Name);

    private static DestinationSeen.RegularFile Seen(string content, int mode = 420, int user = 0, int group = 0) =>
        new(Encoding.UTF8.GetBytes(content), mode, user, group);

    private static Candidate Candidate(
        string content, DestinationSeen seen, int? mode = null, string reload = "reload") => new(
        new Resource
        {
            File = "x.toml",
            Source = "x.tmpl",
            Destination = "/x",
            Mode = mode,
            CheckCommand = new Command(["check"], UsesShell: true),
            ReloadCommand = new Command([reload], UsesShell: true),
        },
        new RenderedFile.Done(Encoding.UTF8.GetBytes(content)), seen, Root, ReloadDue.OnChange);
}
