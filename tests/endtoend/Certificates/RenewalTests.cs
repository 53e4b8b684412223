using Sync.Conformance.Tests.Servers;
using Sync.Etcd.Client.Tests.Connections;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Certificates;

/// <summary>Files of certificates are exchanged under a store that runs.</summary>
public sealed class RenewalTests : OnOneAuthority
{
    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(2));
    private readonly int _port = FreePort.Take();

    [Fact]
    public async Task A_certificate_that_is_renewed_in_place_is_shown_from_the_next_handshake_on()
    {
        Place("tls", Root.Sign("before"));
        await using var store = await StartAsync("tls");
        await using var older = await VisitAsync();
        older.Server.Should().Be("CN=before");

        // A backup or a copy tool keeps the times.
        var written = File.GetLastWriteTimeUtc(Folder.At("tls", "tls.crt"));
        Place("tls", Root.Sign("after"));
        File.SetLastWriteTimeUtc(Folder.At("tls", "tls.crt"), written);
        File.SetLastWriteTimeUtc(Folder.At("tls", "tls.key"), written);

        await using var newer = await VisitAsync();
        newer.Server.Should().Be("CN=after");
        (await newer.IsAnsweredAsync(_limit)).Should().BeTrue();
        (await older.IsAnsweredAsync(_limit)).Should().BeTrue("an established connection goes on");
    }

    [Fact]
    public async Task A_certificate_in_a_volume_whose_link_is_swapped_is_shown_from_the_next_handshake_on()
    {
        Place("..1", Root.Sign("before"));
        Place("..2", Root.Sign("after"));
        Link("..data", "..1");
        Link("tls.crt", "..data/tls.crt");
        Link("tls.key", "..data/tls.key");
        await using var store = await StartAsync();
        await using var older = await VisitAsync();

        Link("..data", "..2");

        await using var newer = await VisitAsync();
        (older.Server, newer.Server).Should().Be(("CN=before", "CN=after"));
        (await older.IsAnsweredAsync(_limit)).Should().BeTrue("an established connection goes on");
    }

    [Fact]
    public async Task Exchanged_authorities_count_from_the_next_handshake_on()
    {
        using var other = new TestAuthority();
        Place("", Root.Sign("store"));
        var trusted = Folder.Write("ca.crt", await File.ReadAllTextAsync(Root.File, _limit));
        await using var store = await StartAsync("", "--client-cert-auth", "--trusted-ca-file", trusted);
        var (mine, others) = (Root.Sign("mine"), other.Sign("others"));
        (await IsAnsweredAsync(mine)).Should().BeTrue();
        (await IsAnsweredAsync(others)).Should().BeFalse();

        Folder.Write("ca.crt", await File.ReadAllTextAsync(other.File, _limit));

        (await IsAnsweredAsync(mine)).Should().BeFalse();
        (await IsAnsweredAsync(others)).Should().BeTrue();
    }

    [Fact]
    public async Task While_the_files_do_not_fit_each_other_the_certificate_in_use_stays()
    {
        Place("tls", Root.Sign("before"));
        await using var store = await StartAsync("tls");
        var (certificate, key) = Root.Sign("after");

        File.Copy(certificate, Folder.At("tls", "tls.crt"), overwrite: true);
        await using var between = await VisitAsync();
        File.Copy(key, Folder.At("tls", "tls.key"), overwrite: true);
        await using var after = await VisitAsync();

        (between.Server, after.Server).Should().Be(("CN=before", "CN=after"));
    }

    private void Place(string folder, (string Certificate, string Key) files)
    {
        Directory.CreateDirectory(Folder.At(folder));
        File.Copy(files.Certificate, Folder.At(folder, "tls.crt"), overwrite: true);
        File.Copy(files.Key, Folder.At(folder, "tls.key"), overwrite: true);
    }

    private void Link(string name, string target)
    {
        File.Delete(Folder.At(name));
        File.CreateSymbolicLink(Folder.At(name), target);
    }

    private Task<TlsVisit> VisitAsync() => TlsVisit.ConnectAsync(_port, _limit);

    private async Task<bool> IsAnsweredAsync((string Certificate, string Key) own)
    {
        await using var visit = await TlsVisit.ConnectAsync(_port, _limit, own);
        return await visit.IsAnsweredAsync(_limit);
    }

    private Task<StoreServer> StartAsync(string folder = "", params string[] flags) => StoreServer.StartMemberAsync(
        InnerStore.Program,
        new ClusterSeat("m1", new Uri($"https://127.0.0.1:{_port}"), new Uri($"http://127.0.0.1:{FreePort.Take()}")),
        Folder.At("data"),
        ["--cert-file", Folder.At(folder, "tls.crt"), "--key-file", Folder.At(folder, "tls.key"), .. flags],
        _limit,
        Readiness.Port(_port));
}
