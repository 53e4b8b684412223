using FluentAssertions.Execution;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Programs;

/// <summary>What a program left behind.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Errors">What it wrote on standard error.</param>
internal sealed record EndedProgram(int ExitCode, string Errors)
{
    /// <summary>Begins an assertion.</summary>
    public EndedProgramAssertions Should() => new(this);

    /// <summary>Starts a member of our store and waits until it has ended by itself.</summary>
    public static async Task<EndedProgram> OfMemberAsync(
        ClusterSeat seat, string folder, IReadOnlyList<string> flags, CancellationToken limit)
    {
        await using var process = await ServerProcess.StartAsync(
            StoreProgram.Ours.Executable, [.. seat.Arguments(folder), .. flags], Readiness.AtOnce, limit);
        var exitCode = await process.ExitCodeAsync(limit);

        return new(exitCode, process.Log.Tail(count: 100));
    }
}

/// <summary>Assertions on an <see cref="EndedProgram"/>.</summary>
internal sealed class EndedProgramAssertions(EndedProgram ended)
{
    /// <summary>The program ended with code 1 and wrote a sentence that names something.</summary>
    public void BeFailure(string naming)
    {
        using var scope = new AssertionScope();
        ended.ExitCode.Should().Be(1);
        ended.Errors.Split('\n').Should().Contain(
            line => line.Contains(naming, StringComparison.Ordinal) && !line.Contains("   at ", StringComparison.Ordinal),
            "a line that is no stack trace names {0}", naming);
    }
}
