using Google.Protobuf;
using Sync.Etcd.Client.Keys;
using Sync.Store.Discovery;
using Sync.Store.Hosting;

namespace Sync.Store.Tests.Discovery;

public class RegistryStateTests
{
    private static readonly RegistryKeys Keys = new("t");

    [Fact]
    public void Keys_are_those_of_etcd()
    {
        new RegistryKeys("a/b").Size.Should().Be("/_etcd/registry/a/b/_config/size");
        new RegistryKeys("a/b").MemberOf(0xab).Should().Be("/_etcd/registry/a/b/members/ab");
    }

    [Fact]
    public void A_member_that_has_not_come_finds_room()
    {
        Read(own: 2, Size("2"), Member(1, "a=http://a:1", created: 3)).Should().Be(new RegistryState.Open());
    }

    [Fact]
    public void A_member_that_has_come_waits_for_the_others()
    {
        Read(own: 1, Size("3"), Member(1, "a=http://a:1", created: 3), Member(2, "b=http://b:1", created: 4))
            .Should().Be(new RegistryState.Waiting(Registered: 2, Size: 3));
    }

    [Fact]
    public void Those_whose_keys_were_made_first_found_the_cluster()
    {
        var complete = Read(
            own: 7,
            Size("2"),
            Member(1, "late=http://late:1", created: 9),
            Member(7, "a=http://a:1,a=http://a:2", created: 4),
            Member(9, "b=http://b:1", created: 3));

        var cluster = complete.Should().BeOfType<RegistryState.Complete>().Which.Cluster;
        cluster.Text.Should().Be("a=http://a:1,a=http://a:2,b=http://b:1");
        cluster.Token.Should().Be("t", "the token keeps clusters apart, as --initial-cluster-token does");
    }

    [Fact]
    public void A_member_that_has_come_keeps_its_place_when_it_asks_again()
    {
        Read(own: 2, Size("2"), Member(1, "a=http://a:1", created: 3), Member(2, "b=http://b:1", created: 4))
            .Should().BeOfType<RegistryState.Complete>();
    }

    [Fact]
    public void A_member_that_has_another_name_by_now_registers_again_in_its_place()
    {
        StoredPair[] pairs = [Size("2"), Member(1, "a=http://a:1", created: 3), Member(2, "b=http://b:1", created: 4)];

        RegistryState.Read(Keys, Keys.MemberOf(2), "renamed=http://b:1", pairs).Should().Be(new RegistryState.Open());
    }

    [Theory]
    [InlineData(3, "it has not registered")]
    [InlineData(2, "it registered too late")]
    public void A_member_that_is_one_too_many_is_told_who_was_first(ulong own, string because)
    {
        var act = () => Read(own, Size("1"), Member(1, "a=http://a:1", created: 3), Member(2, "b=http://b:1", created: 4));

        act.Should().Throw<StartException>(because).WithMessage(
            "discovery: cluster is full. Before this member registered with the token t, 1 others did: a=http://a:1.*");
    }

    [Fact]
    public void An_entry_that_names_nobody_takes_nobodys_place()
    {
        Read(own: 2, Size("1"), Member(1, "nobody", created: 3), Member(2, "b=http://b:1", created: 4))
            .Should().BeOfType<RegistryState.Complete>().Which.Cluster.Text.Should().Be("b=http://b:1");
    }

    [Fact]
    public void Other_keys_below_the_token_are_no_members()
    {
        var other = Pair("/_etcd/registry/t/note", "b=http://b:1", created: 4);

        Read(own: 1, Size("2"), Member(1, "a=http://a:1", created: 3), other)
            .Should().Be(new RegistryState.Waiting(Registered: 1, Size: 2));
    }

    [Fact]
    public void Without_a_size_there_is_no_registry()
    {
        var act = () => Read(own: 1, Member(1, "a=http://a:1", created: 3));

        act.Should().Throw<StartException>().WithMessage(
            "discovery: size key not found. * put /_etcd/registry/t/_config/size 3.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("three")]
    [InlineData("99999999999999999999")]
    public void A_size_that_is_no_number_of_members_is_refused(string size)
    {
        var act = () => Read(own: 1, Size(size));

        act.Should().Throw<StartException>().WithMessage($"discovery: size key is bad. *\"{size}\"*");
    }

    [Theory]
    [InlineData("a=ftp://a:1", "*a registered member: ftp://a:1 is not a URL*")]
    [InlineData("b=http://a:1", "*2 registered members have 1 names*")]
    [InlineData("a=http://b:1", "*has duplicate url http://b:1.*")]
    public void Members_that_make_no_cluster_are_named(string first, string fault)
    {
        var act = () => Read(own: 2, Size("2"), Member(1, first, created: 3), Member(2, "b=http://b:1", created: 4));

        act.Should().Throw<StartException>().WithMessage("discovery: invalid peer URL. *").WithMessage(fault);
    }

    // As the member that registered what stands there.
    private static RegistryState Read(ulong own, params StoredPair[] pairs)
    {
        var key = Keys.MemberOf(own);
        return RegistryState.Read(Keys, key, pairs.FirstOrDefault(pair => pair.KeyText == key)?.ValueText ?? "new", pairs);
    }

    private static StoredPair Size(string text) => Pair(Keys.Size, text, created: 2);

    private static StoredPair Member(ulong id, string text, long created) => Pair(Keys.MemberOf(id), text, created);

    private static StoredPair Pair(string key, string value, long created) => new(
        ByteString.CopyFromUtf8(key),
        ByteString.CopyFromUtf8(value),
        created,
        ModRevision: 100 - created,
        Version: 1,
        LeaseId: 0);
}
