using Sync.Conformance.Tests.Servers;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Sessions;

/// <summary>
/// Recorded sessions of etcdctl 3.4 print the same on Debian's etcd and on our store, whichever of etcdctl and
/// storectl is the client. <c>SYNC_RECORD=1 dotnet test tests/endtoend</c> records them again from etcd.
/// </summary>
public sealed class SessionTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);
    private static readonly string Folder = Repository.At("tests", "endtoend", "Sessions");

    public static TheoryData<string> Recorded { get; } =
        new(Directory.GetFiles(Folder, "*.session").Select(Path.GetFileName).Order()!);

    // What storectl does otherwise than etcdctl, each with the reason.
    private static readonly Dictionary<string, string> NotForStorectl = new(StringComparer.Ordinal)
    {
        ["bytes.session"] = "the runtime hands arguments to a program as text",
    };

    // One session runs with a store, and with a storectl for each command, that are processes, as a user's are; for what
    // the others ask, those are no part.
    private const string AsProcess = "transactions.session";

    public static TheoryData<string> ForStorectl { get; } = new(
        Directory.GetFiles(Folder, "*.session").Select(path => Path.GetFileName(path)!)
            .Where(name => !NotForStorectl.ContainsKey(name)).Order());

    [DebianTheory("etcd", "etcdctl")]
    [MemberData(nameof(Recorded))]
    public async Task A_session_on_etcd_prints_what_is_recorded(string fileName)
    {
        var recorded = Read(fileName);

        var actual = await RunAsync(recorded, StoreProgram.Etcd, DebianPrograms.Require("etcdctl"));
        if (Environment.GetEnvironmentVariable("SYNC_RECORD") == "1")
        {
            await File.WriteAllTextAsync(Path.Combine(Folder, fileName), actual.ToText());
            return;
        }

        actual.DifferencesFrom(recorded, fileName).Should().BeEmpty();
    }

    [DebianTheory("etcdctl")]
    [MemberData(nameof(Recorded))]
    public async Task A_session_on_our_store_prints_what_is_recorded(string fileName)
    {
        var recorded = Read(fileName);

        var actual = await RunAsync(recorded, OursFor(fileName), DebianPrograms.Require("etcdctl"));

        actual.DifferencesFrom(recorded, fileName).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(ForStorectl))]
    public async Task A_session_typed_into_storectl_prints_what_is_recorded(string fileName)
    {
        var recorded = Read(fileName).WithoutClientLog();

        var actual = await RunAsync(
            recorded, OursFor(fileName), BuiltPrograms.Require("storectl"), isInProcess: fileName != AsProcess);

        actual.DifferencesFrom(recorded, fileName).Should().BeEmpty();
    }

    [Fact]
    public void A_session_file_is_read_and_written_without_loss() =>
        Directory.GetFiles(Folder, "*.session").Should().AllSatisfy(path =>
            SessionScript.Parse(File.ReadAllText(path)).ToText().Should().Be(File.ReadAllText(path)));

    private static StoreProgram OursFor(string fileName) =>
        fileName == AsProcess ? StoreProgram.Ours : InnerStore.Program;

    private static SessionScript Read(string fileName) =>
        SessionScript.Parse(File.ReadAllText(Path.Combine(Folder, fileName)));

    private static async Task<SessionScript> RunAsync(
        SessionScript script, StoreProgram program, string clientProgram, bool isInProcess = false)
    {
        using var directory = new TempDirectory();
        await using var server = await StoreServer.StartAsync(program, directory.At("member"), Deadline.In(StartMax));

        return await Session.RunAsync(script, server, clientProgram, isInProcess, Deadline.In(Limit));
    }
}
