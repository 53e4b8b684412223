using CsCheck;
using Sync.Etcd.Client.Connections;

namespace Sync.Etcd.Client.Tests.Connections;

public sealed class BackoffTests
{
    private static readonly BackoffSettings Settings = new()
    {
        First = TimeSpan.FromMilliseconds(100),
        Longest = TimeSpan.FromSeconds(10),
    };

    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 200)]
    [InlineData(3, 400)]
    [InlineData(7, 6_400)]
    [InlineData(8, 10_000)]
    [InlineData(1_000_000, 10_000)]
    public void The_wait_doubles_up_to_the_longest(int failures, int wholeMilliseconds)
    {
        var least = Backoff.After(failures, Settings, chance: 0);
        var most = Backoff.After(failures, Settings, chance: 1);

        least.Should().Be(TimeSpan.FromMilliseconds(wholeMilliseconds / 2.0));
        most.Should().Be(TimeSpan.FromMilliseconds(wholeMilliseconds));
    }

    [Fact]
    public void Chance_never_lengthens_a_wait_nor_halves_it_twice() =>
        Gen.Select(Gen.Int[1, int.MaxValue], Gen.Double[0, 1]).Sample((failures, chance) =>
        {
            var wait = Backoff.After(failures, Settings, chance);

            return wait >= Settings.First / 2 && wait <= Settings.Longest;
        });

    [Fact]
    public void No_failure_has_no_wait()
    {
        var act = () => Backoff.After(0, Settings, chance: 0);

        act.Should().Throw<ArgumentOutOfRangeException>();
    }
}
