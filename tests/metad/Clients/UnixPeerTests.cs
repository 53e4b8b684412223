using System.Globalization;
using System.Net.Sockets;
using Sync.Metad.Clients;
using Sync.Metad.Model.Clients;
using Sync.Posix;
using Sync.TestKit;

namespace Sync.Metad.Tests.Clients;

/// <summary>What the kernel says of the process at the other end of a Unix socket; here it is the test itself.</summary>
public sealed class UnixPeerTests : IDisposable
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private readonly TempDirectory _folder = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Socket _client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Socket _accepted;

    public UnixPeerTests()
    {
        var place = new UnixDomainSocketEndPoint(_folder.At("socket"));
        _listener.Bind(place);
        _listener.Listen();
        _client.Connect(place);
        _accepted = _listener.Accept();
    }

    public void Dispose()
    {
        _accepted.Dispose();
        _client.Dispose();
        _listener.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void The_peer_is_this_process_and_its_user()
    {
        var peer = UnixPeer.Of(_accepted, new());

        (peer.Process, peer.User).Should().Be((Environment.ProcessId, PosixUser.EffectiveId));
        peer.Identity.Address.Should().BeNull();
        peer.Identity.Names[0].Text.Should().MatchRegex($"^pid:{Environment.ProcessId}@[1-9][0-9]*$");
        peer.Identity.Names[^1].Should().Be(ClientName.OfUser(PosixUser.EffectiveId));
    }

    [Fact]
    public void The_groups_of_the_process_are_its_names()
    {
        var peer = UnixPeer.Of(_accepted, Processes($"0::/system.slice/docker-{Id}.scope\n"));

        peer.Identity.ToString().Should().Be(
            $"pid:{Environment.ProcessId}@8232 container:{Id} cgroup:%2Fsystem.slice%2Fdocker-{Id}.scope uid:{peer.User}");
    }

    [Fact]
    public void A_process_without_a_group_of_its_own_has_no_such_name()
    {
        var peer = UnixPeer.Of(_accepted, Processes("0::/\n"));

        peer.Identity.ToString().Should().Be($"pid:{Environment.ProcessId}@8232 uid:{peer.User}");
    }

    [Fact]
    public void Of_a_process_that_is_gone_the_user_is_left() =>
        UnixPeer.Of(_accepted, new(_folder.At("nothing"))).Identity.ToString().Should().Be($"uid:{PosixUser.EffectiveId}");

    // The name of a process may hold brackets and blanks.
    private ProcessTable Processes(string groups)
    {
        var process = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        _folder.Write($"proc/{process}/stat",
            $"{process} (a) b) (c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 8232 20 21\n");
        _folder.Write($"proc/{process}/cgroup", groups);
        return new(_folder.At("proc"));
    }
}
