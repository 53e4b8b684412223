using System.Text;
using Sync.Metad.Model.Cloud;
using Sync.Metad.Model.Paths;
using Sync.Metad.Model.Views;

namespace Sync.Metad.Tests.Cloud;

public sealed class CloudTreeTests
{
    private const string Client = "10.0.0.1";

    private static readonly MetadataSnapshot Mapped = Snapshots.Of(
        """
        {"vm":{"1":{
          "meta":{"local-hostname":"web1","public-keys":{"0":{"openssh-key":"ssh-ed25519 AAAA"}},"placement":{"zone":"z"}},
          "user":"#!/bin/sh\necho hello\n",
          "vendor":{"package_update":"true"},
          "net":"{\"version\":2}"}}}
        """,
        """
        {"10.0.0.1":{"cloud-init":{"meta-data":"/vm/1/meta","user-data":"/vm/1/user",
          "vendor-data":"/vm/1/vendor","network-config":"/vm/1/net"}}}
        """);

    [Theory]
    [InlineData("/nocloud", "meta-data\nuser-data\nvendor-data\nnetwork-config")]
    [InlineData("/nocloud/user-data", "#!/bin/sh\necho hello\n")]
    [InlineData("/nocloud/vendor-data", "#cloud-config\npackage_update: \"true\"\n")]
    [InlineData("/nocloud/network-config", """{"version":2}""")]
    [InlineData("/nocloud/other", null)]
    [InlineData("/nocloud/meta-data/below", null)]
    [InlineData("/latest", "meta-data/\nuser-data")]
    [InlineData("/2009-04-04/user-data", "#!/bin/sh\necho hello\n")]
    [InlineData("/latest/meta-data", "instance-id\nlocal-hostname\nplacement/\npublic-keys/")]
    [InlineData("/latest/meta-data/instance-id", "10.0.0.1")]
    [InlineData("/latest/meta-data/local-hostname", "web1")]
    [InlineData("/latest/meta-data/placement", "zone")]
    [InlineData("/latest/meta-data/public-keys", "0=0")]
    [InlineData("/latest/meta-data/public-keys/0", "openssh-key")]
    [InlineData("/latest/meta-data/public-keys/0/openssh-key", "ssh-ed25519 AAAA")]
    [InlineData("/latest/meta-data/absent", null)]
    [InlineData("/latest/dynamic", null)]
    [InlineData("/openstack", "2012-08-10\n2018-08-27\nlatest")]
    [InlineData("/openstack/latest", "meta_data.json\nnetwork_data.json\nuser_data\nvendor_data.json\nvendor_data2.json")]
    [InlineData("/openstack/latest/meta_data.json",
        """{"hostname":"web1","local-hostname":"web1","name":"web1","placement":{"zone":"z"},"public-keys":{"0":{"openssh-key":"ssh-ed25519 AAAA"}},"uuid":"10.0.0.1"}""")]
    [InlineData("/openstack/2018-08-27/user_data", "#!/bin/sh\necho hello\n")]
    [InlineData("/openstack/latest/vendor_data.json", """{"package_update":"true"}""")]
    [InlineData("/openstack/latest/vendor_data2.json", "{}")]
    [InlineData("/openstack/latest/network_data.json", """{"version":2}""")]
    [InlineData("/openstack/none/user_data", null)]
    public void A_mapped_host_has_its_documents(string path, string? expected) => Read(Mapped, path).Should().Be(expected);

    [Fact]
    public void The_meta_data_of_nocloud_is_yaml_with_an_instance_id() => Read(Mapped, "/nocloud/meta-data").Should().Be(
        "instance-id: 10.0.0.1\nlocal-hostname: web1\nplacement:\n  zone: z\npublic-keys:\n  \"0\":\n    openssh-key: ssh-ed25519 AAAA\n");

    [Fact]
    public void What_the_data_says_of_itself_counts()
    {
        var snapshot = Snapshots.Of(
            """{"ci":{"meta-data":{"instance-id":"i-7"},"vendor-data":"echo vendor"}}""",
            """{"10.0.0.1":{"cloud-init":"/ci"}}""");

        Read(snapshot, "/nocloud/meta-data").Should().Be("instance-id: i-7\n");
        Read(snapshot, "/latest/meta-data/instance-id").Should().Be("i-7");
        Read(snapshot, "/openstack/latest/meta_data.json").Should().Be("""{"instance-id":"i-7","uuid":"i-7"}""");
        Read(snapshot, "/openstack/latest/vendor_data.json").Should().Be("""{"cloud-init":"echo vendor"}""");
        Read(snapshot, "/nocloud/user-data").Should().BeNull();
    }

    [Fact]
    public void A_caller_without_the_mapping_has_data_at_these_paths()
    {
        var snapshot = Snapshots.Of(
            """{"latest":{"user-data":"mine"}}""", """{"10.0.0.1":{"node":"/latest"}}""");

        Tree(snapshot, "/latest/user-data").Should().BeNull();
        snapshot.Body(Client, "/latest/user-data").Should().Be("\"mine\"");
    }

    [Fact]
    public void What_the_rules_hide_is_in_no_document()
    {
        var snapshot = Snapshots.Of(
            """{"ci":{"meta-data":{"instance-id":"i-7","secret":"s"},"user-data":"s"}}""",
            """{"10.0.0.1":{"cloud-init":"/ci"}}""",
            """{"10.0.0.1":[{"path":"/ci","mode":1},{"path":"/ci/meta-data/secret","mode":0},{"path":"/ci/user-data","mode":0}]}""");

        Read(snapshot, "/nocloud/meta-data").Should().Be("instance-id: i-7\n");
        Read(snapshot, "/latest/meta-data/secret").Should().BeNull();
        Read(snapshot, "/openstack/latest/user_data").Should().BeNull();
    }

    private static string? Read(MetadataSnapshot snapshot, string path) =>
        Tree(snapshot, path)!.Find(MetadataPath.Split(path)) is { } page ? Encoding.UTF8.GetString(page.Body) : null;

    private static CloudTree? Tree(MetadataSnapshot snapshot, string path) =>
        CloudTree.Covering(snapshot.For(Snapshots.Client(Client), default), MetadataPath.Split(path), Client);
}
