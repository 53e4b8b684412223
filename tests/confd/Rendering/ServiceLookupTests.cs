using System.Net;
using Sync.Confd.Rendering;
using Sync.Templates;

namespace Sync.Confd.Tests.Rendering;

public sealed class ServiceLookupTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static readonly ServiceRecord[] Records = [new("a.example.org.", 2379, 10, 5), new("b.", 2380, 20, 0)];

    [Fact]
    public async Task Records_come_from_the_name_server_with_their_final_dot()
    {
        using var server = new NameServer();

        var records = await server.FindAsync(Limit);

        server.Asked.Should().Equal("_etcd._tcp.example.org");
        records.Should().Equal(Records);
    }

    [Fact]
    public void No_server_no_answer_and_no_name_give_no_records()
    {
        new ServiceLookup([], Limit).Find("", "", "example.org").Should().BeEmpty();
        new ServiceLookup([new IPEndPoint(IPAddress.Loopback, 9)], TimeSpan.FromMilliseconds(50)).Find("", "", "x").Should().BeEmpty();
        new ServiceLookup([new IPEndPoint(IPAddress.Loopback, 9)], Limit).Find("", "", "").Should().BeEmpty();
    }

    [Fact]
    public async Task An_answer_that_does_not_fit_a_datagram_comes_over_a_connection()
    {
        using var server = new NameServer(answersFit: false);

        var records = await server.FindAsync(Limit);

        records.Should().Equal(Records);
    }

    [Fact]
    public async Task A_server_that_fails_is_passed_over_for_the_next()
    {
        using var failing = new NameServer(code: 2);
        using var server = new NameServer();

        var records = await NameServer.FindAsync(Limit, failing, server);

        records.Should().Equal(Records);
    }

    [Fact]
    public async Task When_no_server_answers_and_one_refuses_that_is_an_error()
    {
        using var server = new NameServer(code: 5);

        var asking = () => server.FindAsync(Limit);

        (await asking.Should().ThrowAsync<IOException>()).Which.Message.Should()
            .Be($"lookup _etcd._tcp.example.org on {server.Address}: the server refused");
    }

    [Fact]
    public async Task A_name_that_does_not_exist_has_no_records()
    {
        using var server = new NameServer(code: 3);
        using var other = new NameServer();

        (await NameServer.FindAsync(Limit, server, other)).Should().BeEmpty();
    }
}
