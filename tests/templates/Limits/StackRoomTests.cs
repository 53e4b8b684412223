using System.Runtime.CompilerServices;

namespace Sync.Templates.Tests.Limits;

public sealed class StackRoomTests
{
    [Theory]
    [InlineData(512)]
    [InlineData(1536)]
    [InlineData(8192)]
    public void Where_there_is_no_room_left_for_more_there_are_still_200_kilobytes(int kibibytes)
    {
        var (depth, isEnough) = (0, false);
        var thread = new Thread(() => depth = Descend(1, out isEnough), kibibytes * 1024);

        thread.Start();
        thread.Join();

        isEnough.Should().BeTrue();
        depth.Should().BeGreaterThan(
            (kibibytes - 256) / 2, "a level takes little more than the kilobyte that it asks for");
    }

    // Takes a kilobyte of the stack a level, until there is no room; then looks what is left.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Descend(int depth, out bool isEnough)
    {
        Span<byte> taken = stackalloc byte[1024];
        taken[depth % taken.Length] = 1;
        if (!StackRoom.IsLeft)
        {
            isEnough = AreLeft(stackalloc byte[72 * 1024]);
            return depth;
        }

        var reached = Descend(depth + 1, out isEnough);
        taken[0]++;
        return reached;
    }

    // The runtime's own check promises 128 KB below this.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool AreLeft(ReadOnlySpan<byte> taken) =>
        !taken.IsEmpty && RuntimeHelpers.TryEnsureSufficientExecutionStack();
}
