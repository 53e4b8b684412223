namespace Sync.TestKit;

/// <summary>A program beside the test did not do what the test needs; the message carries its last lines.</summary>
public sealed class ServerProcessException(string program, string fault, string output, string log)
    : Exception($"{program} {fault}\n--- standard output\n{output}\n--- standard error\n{log}")
{
    /// <summary>The program's name, such as <c>etcd</c>.</summary>
    public string Program { get; } = program;

    /// <summary>What went wrong, as a clause.</summary>
    public string Fault { get; } = fault;
}
