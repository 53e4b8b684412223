using CsCheck;
using Sync.Confd.Plan.Actions;
using Sync.Confd.Plan.Resources;
using Sync.Confd.Plan.Scheduling;

namespace Sync.Confd.Tests.Scheduling;

public sealed class AgendaTests
{
    private static readonly TurnOutcome InPlace = new(IsInPlace: true, ReloadOutcome.NotDue);
    private static readonly TurnOutcome Failed = new(IsInPlace: false, ReloadOutcome.NotDue);
    private static readonly TurnOutcome Reloaded = new(IsInPlace: true, ReloadOutcome.Done);
    private static readonly TurnOutcome ReloadFailed = new(IsInPlace: true, ReloadOutcome.Failed);

    [Fact]
    public void Everything_is_due_at_the_start_and_nothing_after_it_succeeded()
    {
        var agenda = Settled(A, B);

        agenda.Take(At(1)).Should().BeEmpty();
        agenda.NextAt().Should().BeNull();
        agenda.IsIdle.Should().BeTrue();
    }

    [Fact]
    public void A_change_during_a_turn_makes_the_resource_due_again()
    {
        var agenda = Settled(A);
        agenda.Change(A, At(1));
        agenda.Take(At(1));
        agenda.Change(A, At(2));

        agenda.Take(At(2)).Should().BeEmpty("it is in work");
        agenda.Finish(A, InPlace, At(3), 0.5);

        Names(agenda.Take(At(3))).Should().Equal("a");
    }

    [Fact]
    public void A_failed_turn_is_repeated_after_a_growing_pause_until_it_succeeds()
    {
        var agenda = Settled(A);
        agenda.Change(A, At(0));
        var moments = new List<double>();
        for (var now = At(0); moments.Count < 5; now = agenda.NextAt()!.Value)
        {
            agenda.Take(now).Should().ContainSingle();
            moments.Add(now.TotalSeconds);
            agenda.Finish(A, Failed, now, 0.5);
        }

        moments.Should().Equal(0, 1, 3, 7, 15);
    }

    [Fact]
    public void A_change_after_a_failure_is_tried_at_once()
    {
        var agenda = Settled(A);
        agenda.Change(A, At(0));
        agenda.Take(At(0));
        agenda.Finish(A, Failed, At(0), 0.5);

        agenda.Change(A, At(0.1));

        Names(agenda.Take(At(0.1))).Should().Equal("a");
    }

    [Fact]
    public void A_failed_reload_is_owed_until_it_succeeds()
    {
        var agenda = Settled(A);
        agenda.Change(A, At(0));
        agenda.Take(At(0));
        agenda.Finish(A, ReloadFailed, At(0), 0.5);

        agenda.OwedReloads.Should().Equal("a");
        agenda.Take(At(0.9)).Should().BeEmpty();
        agenda.Take(At(1)).Should().ContainSingle().Which.Should().ContainSingle()
            .Which.Reload.Should().Be(ReloadDue.Always);
        agenda.Finish(A, Reloaded, At(1), 0.5);
        agenda.OwedReloads.Should().BeEmpty();
    }

    [Fact]
    public void A_reload_that_would_come_too_soon_is_put_off_to_the_end_of_the_interval()
    {
        var slow = A with { ReloadInterval = TimeSpan.FromSeconds(10) };
        var agenda = Settled(slow);
        agenda.Change(slow, At(0));
        agenda.Take(At(0));
        agenda.Finish(slow, Reloaded, At(0), 0.5);
        agenda.Change(slow, At(3));

        agenda.Take(At(3))[0][0].Reload.Should().Be(ReloadDue.Later);
        agenda.Finish(slow, new TurnOutcome(IsInPlace: true, ReloadOutcome.PutOff), At(4), 0.5);

        agenda.NextAt().Should().Be(At(10));
        agenda.Take(At(10))[0][0].Reload.Should().Be(ReloadDue.Always);
    }

    [Fact]
    public void Resources_with_one_reload_command_take_their_turns_together_and_never_twice_at_once()
    {
        var first = Resource("1", "reload x");
        var second = Resource("2", "reload x");
        var agenda = Settled(first, second);
        agenda.Change(first, At(1));
        agenda.Change(second, At(1));

        Names(agenda.Take(At(1))).Should().Equal("1 2");
        agenda.Finish(first, InPlace, At(2), 0.5);
        agenda.Change(first, At(2));

        agenda.Take(At(2)).Should().BeEmpty("the other one of the group is still in work");
        agenda.NextAt().Should().BeNull();
    }

    [Fact]
    public void Commands_that_name_their_file_are_each_their_own_group()
    {
        var agenda = new Agenda([Resource("1", "reload {{.dest}}"), Resource("2", "reload {{.dest}}")], new());

        Names(agenda.Take(At(0))).Should().Equal("1", "2");
    }

    [Fact]
    public void No_more_groups_are_in_work_than_the_limit()
    {
        var agenda = new Agenda([Resource("1"), Resource("2"), Resource("3")], new() { GroupsMax = 2 });

        Names(agenda.Take(At(0))).Should().Equal("1", "2");
        agenda.Take(At(0)).Should().BeEmpty();
        agenda.NextAt().Should().BeNull("only the end of a turn makes room");
        agenda.Finish(agenda.Resources.First(), InPlace, At(1), 0.5);
        Names(agenda.Take(At(1))).Should().Equal("3");
    }

    [Fact]
    public void Reloads_at_the_start_are_due_once()
    {
        var agenda = new Agenda([A, Resource("plain")], new() { ReloadsAtStart = true });

        agenda.Take(At(0)).SelectMany(group => group).Select(turn => turn.Reload)
            .Should().Equal(ReloadDue.Always, ReloadDue.OnChange);
    }

    [Fact]
    public void No_change_is_ever_forgotten() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 2]).List[1, 60].Sample(steps =>
        {
            Resource[] resources = [Resource("1", "x"), Resource("2", "x"), Resource("3", "y")];
            var agenda = new Agenda(resources, new() { Wait = Quiescence.Parse("1s:3s")!, GroupsMax = 2 });
            var pending = resources.ToHashSet();
            var working = new HashSet<Resource>();
            var now = TimeSpan.Zero;
            foreach (var (step, index) in steps)
            {
                now += TimeSpan.FromMilliseconds(400);
                Step(agenda, resources[index], step, now, pending, working);
            }

            Drain(agenda, now, pending, working);
            pending.Should().BeEmpty("each change was followed by a turn that succeeded");
        });

    private static readonly Resource A = Resource("a", "reload a");
    private static readonly Resource B = Resource("b", "reload b");

    private static void Step(
        Agenda agenda, Resource resource, int step, TimeSpan now, HashSet<Resource> pending, HashSet<Resource> working)
    {
        switch (step)
        {
            case 0 or 1:
                agenda.Change(resource, now);
                pending.Add(resource);
                break;
            case 2:
                Take(agenda, now, pending, working);
                break;
            case 3 when working.Remove(resource):
                // A failed turn leaves what it had taken undone.
                pending.Add(resource);
                agenda.Finish(resource, Failed, now, 0.5);
                break;
        }
    }

    private static void Take(Agenda agenda, TimeSpan now, HashSet<Resource> pending, HashSet<Resource> working)
    {
        foreach (var turn in agenda.Take(now).SelectMany(group => group))
        {
            working.Add(turn.Resource).Should().BeTrue("a resource is in work once at a time");
            pending.Remove(turn.Resource);
        }
    }

    private static void Drain(Agenda agenda, TimeSpan now, HashSet<Resource> pending, HashSet<Resource> working)
    {
        for (var turns = 0; !agenda.IsIdle; turns++)
        {
            turns.Should().BeLessThan(100, "an agenda comes to rest once nothing changes and all succeeds");
            foreach (var resource in working)
            {
                agenda.Finish(resource, InPlace, now, 0.5);
            }

            working.Clear();
            now = agenda.NextAt() is { } next && next > now ? next : now;
            Take(agenda, now, pending, working);
        }
    }

    private static Agenda Settled(params Resource[] resources)
    {
        var agenda = new Agenda(resources, new());
        agenda.Take(At(0));
        foreach (var resource in resources)
        {
            agenda.Finish(resource, InPlace, At(0), 0.5);
        }

        return agenda;
    }

    private static Resource Resource(string name, string? reload = null) => new()
    {
        File = $"{name}.toml",
        Source = "t",
        Destination = name,
        ReloadCommand = reload is null ? null : new Command([reload], UsesShell: true),
    };

    private static IEnumerable<string> Names(IReadOnlyList<IReadOnlyList<Turn>> groups) =>
        groups.Select(group => string.Join(' ', group.Select(turn => turn.Resource.Destination)));

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
}
