using Sync.Metad.Model.Clients;

namespace Sync.Metad.Tests.Clients;

/// <summary>Control groups as the kernel tells them, and the containers they are.</summary>
public sealed class ControlGroupTests
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string Other = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";

    [Theory]
    [InlineData("0::/system.slice/web.service\n", "/system.slice/web.service")]
    [InlineData("0::/\n", null)]
    [InlineData("", null)]
    [InlineData("9:name=systemd:/a\n8:pids:/b\n0::/\n", "/a")]
    [InlineData("9:name=systemd:/\n4:memory:/b:c\n0::/\n", "/b:c")]
    [InlineData("9:name=systemd:/a\n0::/unified\n", "/unified")]
    [InlineData("0::/../sibling\n", null)]
    [InlineData("0::/system.slice/web.service (deleted)\n", null)]
    public void The_group_is_that_of_the_first_hierarchy_that_is_filled(string text, string? expected) =>
        ControlGroup.PathOf(text).Should().Be(expected);

    [Theory]
    [InlineData("/docker/" + Id)]
    [InlineData("/docker/" + Id + "/init.scope")]
    [InlineData("/system.slice/docker-" + Id + ".scope")]
    [InlineData("/machine.slice/libpod-" + Id + ".scope/container")]
    [InlineData("/kubepods/burstable/pod1234/" + Id)]
    [InlineData("/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-podab.slice/cri-containerd-" + Id + ".scope")]
    [InlineData("/kubelet/kubepods/pod1234/" + Id)]
    [InlineData("/kubepods.slice/kubepods-podab.slice/crio-" + Id + ".scope")]
    public void A_runtimes_group_is_its_container(string path) => ControlGroup.ContainerOf(path).Should().Be(Id);

    [Theory]
    [InlineData("/docker/" + Id + "/docker/" + Other)]
    [InlineData("/system.slice/docker-" + Id + ".scope/system.slice/docker-" + Other + ".scope")]
    [InlineData("/kubepods/pod1/" + Id + "/kubepods/pod2/" + Other)]
    public void A_container_cannot_pass_for_one_that_it_makes_up_below_itself(string path) =>
        ControlGroup.ContainerOf(path).Should().Be(Id);

    [Theory]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/docker-" + Id + ".scope")]
    [InlineData("/user.slice/docker/" + Id)]
    [InlineData("/system.slice/web.service/docker-" + Id + ".scope")]
    [InlineData("/system.slice/web.service/docker/" + Id)]
    [InlineData("/kubepods/pod1/mine/" + Id)]
    [InlineData("/" + Id)]
    [InlineData("/docker/0123")]
    [InlineData("/docker")]
    [InlineData("/system.slice/docker-" + Id + "0.scope")]
    [InlineData("/system.slice/docker-" + Id)]
    [InlineData("/system.slice/evil-" + Id + ".scope")]
    public void A_group_that_others_may_make_is_no_container(string path) =>
        ControlGroup.ContainerOf(path).Should().BeNull();
}
