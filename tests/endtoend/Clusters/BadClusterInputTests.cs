using Sync.Conformance.Tests.Servers;
using Sync.EndToEnd.Tests.Programs;
using Sync.Etcd.Client.Tests.Connections;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>
/// A member that lost its disk, reaches nobody or shows a certificate of others says so and ends; the cluster goes on.
/// </summary>
public sealed class BadClusterInputTests : IAsyncLifetime, IDisposable
{
    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(4));
    private readonly TempDirectory _directory = new();
    private readonly TestAuthority _authority = new();
    private readonly List<StoreServer> _running = [];
    private IReadOnlyList<ClusterSeat> _seats = ClusterSeat.Take(["m1", "m2", "m3"]);

    private string InitialCluster => string.Join(',', _seats.Select(seat => seat.Entry));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var member in _running)
        {
            await member.DisposeAsync();
        }
    }

    public void Dispose()
    {
        _directory.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public async Task A_member_that_lost_its_disk_is_told_to_be_added_again()
    {
        await StartTwoAsync(InnerStore.Program);
        var third = await StoreServer.StartMemberAsync(
            StoreProgram.Ours, _seats[2], _directory.At("m3"), ["--initial-cluster", InitialCluster], _limit);
        await third.KillAsync();
        await third.DisposeAsync();

        var ended = await EndAsync(_seats[2], _directory.At("empty"), "--initial-cluster", InitialCluster);

        ended.Should().BeFailure(naming: "has already been bootstrapped");
    }

    [Fact]
    public async Task A_member_that_lost_its_disk_is_not_let_in_by_a_second_start_either()
    {
        await StartTwoAsync(StoreProgram.Ours);
        await using (var third = await StoreServer.StartMemberAsync(
            StoreProgram.Ours, _seats[2], _directory.At("m3"), ["--initial-cluster", InitialCluster], _limit))
        {
            // Until the second one surely knows that the third has been there.
            using var client = new ClusterClient(_running);
            for (var number = 0; number < 10; number++)
            {
                await client.PutAsync(1, "key", $"{number}", TimeSpan.FromSeconds(30));
            }

            await Task.WhenAll([third.KillAsync(), .. _running.Select(member => member.KillAsync())]);
        }

        // With nobody there to refuse it, it begins a directory of its own.
        var empty = _directory.At("empty");
        await using (await StartUnledAsync(_seats[2], empty))
        {
        }

        await using var second = await StartUnledAsync(_seats[1], _directory.At("m2"));
        var ended = await EndAsync(_seats[2], empty, "--initial-cluster", InitialCluster);

        ended.Should().BeFailure(naming: "has already been bootstrapped");
    }

    [Fact]
    public async Task A_member_that_joins_and_reaches_nobody_is_told_whom_it_asked()
    {
        var ended = await EndThirdAsync("--initial-cluster", InitialCluster, "--initial-cluster-state", "existing");

        ended.Should().BeFailure(naming: "could not retrieve cluster information from the given URLs");
        ended.Errors.Should().Contain(_seats[0].PeerUrl.OriginalString);
    }

    [Fact]
    public async Task Members_with_certificates_of_one_authority_form_a_cluster_and_one_of_another_is_refused()
    {
        _seats = ClusterSeat.Take(["m1", "m2", "m3"], peerScheme: "https");
        using var between = _authority.NewIntermediate();
        await StartTwoAsync(InnerStore.Program, CertificateFlags(between, "member", _authority.File));
        using var other = new TestAuthority();

        var ended = await EndThirdAsync(
            ["--initial-cluster", InitialCluster, .. CertificateFlags(other, "stranger", other.File)]);

        ended.Should().BeFailure(naming: "Its certificate, CN=member issued by CN=authority between, is not of the authorities");
        ended.Errors.Should().Contain(other.File);
    }

    [Fact]
    public async Task A_member_whose_own_certificate_the_others_would_refuse_does_not_start()
    {
        _seats = ClusterSeat.Take(["m1", "m2", "m3"], peerScheme: "https");
        using var other = new TestAuthority();

        var ended = await EndThirdAsync(
            ["--initial-cluster", InitialCluster, .. CertificateFlags(other, "stranger", _authority.File)]);

        ended.Should().BeFailure(naming: "is not of the authorities in --peer-trusted-ca-file");
    }

    private static string[] CertificateFlags(TestAuthority authority, string name, string trusted)
    {
        var (certificate, key) = authority.Sign(name);
        return
        [
            "--peer-cert-file", certificate, "--peer-key-file", key, "--peer-client-cert-auth",
            "--peer-trusted-ca-file", trusted,
        ];
    }

    private async Task StartTwoAsync(StoreProgram program, params string[] flags) => _running.AddRange(await Task.WhenAll(
        _seats.Take(2).Select(seat => StoreServer.StartMemberAsync(
            program,
            seat,
            _directory.At(seat.Name),
            ["--initial-cluster", InitialCluster, .. flags],
            _limit))));

    private Task<StoreServer> StartUnledAsync(ClusterSeat seat, string folder) => StoreServer.StartMemberAsync(
        StoreProgram.Ours,
        seat,
        folder,
        ["--initial-cluster", InitialCluster],
        _limit,
        Readiness.Port(seat.PeerUrl.Port));

    private Task<EndedProgram> EndThirdAsync(params string[] flags) => EndAsync(_seats[2], _directory.At("m3"), flags);

    private Task<EndedProgram> EndAsync(ClusterSeat seat, string folder, params string[] flags) =>
        EndedProgram.OfMemberAsync(seat, folder, flags, _limit);
}
