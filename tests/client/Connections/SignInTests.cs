using Grpc.Core;
using Sync.Etcd.Api;
using Sync.Etcd.Client.Connections;
using Sync.Etcd.Client.Keys;
using Sync.Etcd.Client.Mirroring;
using Sync.Etcd.Client.Tests.Mirroring;
using Sync.TestKit;

namespace Sync.Etcd.Client.Tests.Connections;

public sealed class SignInTests
{
    [DebianFact("etcd")]
    public async Task A_user_signs_in_by_itself_and_again_when_the_store_has_forgotten_it()
    {
        await using var etcd = await StartWithUsersAsync();
        using var client = new EtcdClient(As(etcd, "root", "top"));
        await client.PutAsync("a", "1");

        await etcd.Server.KillAsync();
        await etcd.Server.StartAgainAsync(Deadline.Default);
        await client.PutAsync("a", "2");

        (await client.GetAsync("a"))!.ValueText.Should().Be("2");
    }

    [DebianFact("etcd")]
    public async Task A_mirror_signs_in_again_when_the_store_has_forgotten_it()
    {
        await using var etcd = await StartWithUsersAsync();
        using var client = new EtcdClient(As(etcd, "root", "top"));
        await using var mirror = new MirrorRecording(client.Mirror([KeyRange.Prefix("/app/")]));
        await mirror.NextAsync<MirrorUpdate.Connected>(Deadline.Default);

        await etcd.Server.KillAsync();
        await etcd.Server.StartAgainAsync(Deadline.Default);
        var put = await client.PutAsync("/app/a", "1");
        var keys = await mirror.ReachAsync(put, Deadline.In(TimeSpan.FromSeconds(60)));

        keys.Pairs.Should().ContainSingle();
    }

    [DebianFact("etcd")]
    public async Task A_wrong_password_is_refused()
    {
        await using var etcd = await StartWithUsersAsync();
        using var client = new EtcdClient(As(etcd, "root", "wrong"));

        var act = () => client.GetAsync("a");

        (await act.Should().ThrowAsync<RpcException>()).Which.Status.Detail
            .Should().Be("etcdserver: authentication failed, invalid user ID or password");
    }

    [DebianFact("etcd")]
    public async Task Credentials_do_no_harm_where_users_are_off()
    {
        await using var etcd = await EtcdFixture.StartAsync(Deadline.Default);
        using var client = new EtcdClient(As(etcd, "root", "top"));

        (await client.PutAsync("a", "1")).Should().Be(2);
    }

    [Fact]
    public void A_password_is_never_printed()
    {
        var options = EtcdFixture.OptionsFor("store") with { Credentials = new EtcdCredentials("ann", "secret") };

        options.ToString().Should().Contain("ann").And.NotContain("secret");
    }

    private static async Task<EtcdFixture> StartWithUsersAsync()
    {
        var etcd = await EtcdFixture.StartAsync(Deadline.Default);
        var auth = etcd.Client.Auth;
        await auth.UserAddAsync(new AuthUserAddRequest { Name = "root", Password = "top" });
        await auth.RoleAddAsync(new AuthRoleAddRequest { Name = "root" });
        await auth.UserGrantRoleAsync(new AuthUserGrantRoleRequest { User = "root", Role = "root" });
        await auth.AuthEnableAsync(new AuthEnableRequest());
        return etcd;
    }

    private static EtcdClientOptions As(EtcdFixture etcd, string user, string password) =>
        EtcdFixture.OptionsFor(etcd.Server.Endpoint) with { Credentials = new EtcdCredentials(user, password) };
}
