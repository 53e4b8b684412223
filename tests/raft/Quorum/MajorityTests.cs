using CsCheck;
using Sync.Raft.Quorum;

namespace Sync.Raft.Tests.Quorum;

public class MajorityTests
{
    [Fact]
    public void What_a_majority_reached_equals_the_naive_count() =>
        Gen.ULong[0, 6].Array[1, 9].Sample(reached =>
        {
            var naive = reached.Append(0UL)
                .Where(value => 2 * reached.Count(each => each >= value) > reached.Length)
                .Max();

            return Majority.Reached((ulong[])reached.Clone()) == naive;
        });
}
