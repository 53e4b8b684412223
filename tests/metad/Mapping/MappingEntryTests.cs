using Sync.Metad.Model.Mapping;

namespace Sync.Metad.Tests.Mapping;

/// <summary>The first level of the mappings: addresses, names, blocks and the entry for everybody.</summary>
public sealed class MappingEntryTests
{
    [Theory]
    [InlineData("10.0.0.7", "10.0.0.7")]
    [InlineData("FD00::0:7", "fd00::7")]
    [InlineData("uid:1000", "uid:1000")]
    [InlineData("cgroup:/system.slice/web.service", "cgroup:%2Fsystem.slice%2Fweb.service")]
    [InlineData("default", "default")]
    [InlineData("10.0.0.0/8", "10.0.0.0%2F8")]
    [InlineData("10.0.0.0%2f8", "10.0.0.0%2F8")]
    [InlineData("10.1.2.3/8", "10.0.0.0%2F8")]
    [InlineData("10.1.2.3/32", "10.1.2.3%2F32")]
    [InlineData("0.0.0.0/0", "0.0.0.0%2F0")]
    [InlineData("::ffff:10.1.2.3/8", "10.0.0.0%2F8")]
    [InlineData("FD00:0::5/8", "fd00::%2F8")]
    [InlineData("2001:db8::1/127", "2001:db8::%2F127")]
    [InlineData("::/0", "::%2F0")]
    [InlineData("fe80::5%eth0/64", "fe80::%eth0%2F64")]
    [InlineData("fe80::5%eth0/8", "fe80::5%eth0%2F8")]
    public void An_entry_has_one_key(string text, string key)
    {
        MappingEntry.Canonical(text).Should().Be(key);
        MappingEntry.Canonical(key).Should().Be(key, "what was stored is read as the same");
    }

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0/8")]
    [InlineData("010.0.0.0/8")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("fd00::/129")]
    [InlineData("::ffff:10.0.0.0/104")]
    [InlineData("/8")]
    [InlineData("Default")]
    [InlineData("*")]
    [InlineData("node")]
    [InlineData("")]
    public void What_is_none_of_them_is_no_entry(string text) => MappingEntry.Canonical(text).Should().BeNull();

    [Theory]
    [InlineData("/v1/mapping/10.0.0.0%2F8", "/v1/mapping/10.0.0.0%252F8")]
    [InlineData("/v1/mapping/10.0.0.0%2f8/node?dry_run=true", "/v1/mapping/10.0.0.0%252F8/node?dry_run=true")]
    [InlineData("/v1/mapping/10.0.0.0%252F8/node", "/v1/mapping/10.0.0.0%252F8/node")]
    [InlineData("/v1/mapping/fd00%3A%3A%2F8/a", "/v1/mapping/fd00%3A%3A%252F8/a")]
    [InlineData("/v1/mapping/10.0.0.0/8", "/v1/mapping/10.0.0.0/8")]
    [InlineData("/v1/mapping/10.0.0.0%2Fnode", "/v1/mapping/10.0.0.0%2Fnode")]
    [InlineData("/v1/mapping/%", "/v1/mapping/%")]
    [InlineData("/v1/mapping?subs=10.0.0.0%2F8", "/v1/mapping?subs=10.0.0.0%2F8")]
    [InlineData("/v1/data/10.0.0.0%2F8", "/v1/data/10.0.0.0%2F8")]
    public void A_block_in_a_target_stays_one_segment_when_its_slash_is_escaped(string target, string kept) =>
        MappingEntry.KeepWhole(target).Should().Be(kept);
}
