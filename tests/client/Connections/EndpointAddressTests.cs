using Sync.Etcd.Client.Connections;

namespace Sync.Etcd.Client.Tests.Connections;

public sealed class EndpointAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:2379", EndpointScheme.Http, "http://127.0.0.1:2379/")]
    [InlineData("127.0.0.1:2379", EndpointScheme.Https, "https://127.0.0.1:2379/")]
    [InlineData("http://store:80", EndpointScheme.Https, "http://store:80/")]
    [InlineData("https://store:443/", EndpointScheme.Http, "https://store:443/")]
    [InlineData("store", EndpointScheme.Http, "http://store:2379/")]
    [InlineData(" https://store ", EndpointScheme.Http, "https://store:2379/")]
    [InlineData("[::1]", EndpointScheme.Http, "http://[::1]:2379/")]
    [InlineData("[::1]:4001", EndpointScheme.Http, "http://[::1]:4001/")]
    public void An_address_is_read_as_people_write_it(string text, EndpointScheme scheme, string expected)
    {
        EndpointAddress.Parse(text, scheme).Should().Be(new Uri(expected));
    }

    [Theory]
    [InlineData("", "no endpoint")]
    [InlineData("http://", "no endpoint")]
    [InlineData("store:port", "no endpoint")]
    [InlineData("ftp://store:21", "scheme ftp")]
    [InlineData("http://store:2379/v2", "has a path")]
    public void What_is_no_address_is_told_in_a_sentence(string text, string expected)
    {
        var act = () => EndpointAddress.Parse(text, EndpointScheme.Http);

        act.Should().Throw<FormatException>().WithMessage($"*{expected}*");
    }
}
