using Sync.Posix;

namespace Sync.Disk.Tests.Posix;

public sealed class ProcessGroupTests
{
    [Fact]
    public void This_process_exists()
    {
        ProcessGroup.SignalProcess(Environment.ProcessId, UnixSignal.None).Should().BeTrue();
    }

    [Fact]
    public void A_group_that_is_gone_is_told_as_such()
    {
        // Process ids end at 2^22 on Linux.
        ProcessGroup.SignalGroup(int.MaxValue, UnixSignal.Terminate).Should().BeFalse();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_group_that_would_mean_everybody_is_refused(int group)
    {
        var signalling = () => ProcessGroup.SignalGroup(group, UnixSignal.None);

        signalling.Should().Throw<ArgumentOutOfRangeException>();
    }
}
