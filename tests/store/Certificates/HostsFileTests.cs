using System.Net;
using Sync.Store.Certificates;

namespace Sync.Store.Tests.Certificates;

public class HostsFileTests
{
    private const string Text = """
        # 10.0.0.1 comment.test
        127.0.0.1 localhost
        10.0.0.1	one.test one   # of the first machine
        10.0.0.1 also.test

        no-address three.test
        fd00::1 six.test
        """;

    [Theory]
    [InlineData("10.0.0.1", "one.test one also.test")]
    [InlineData("fd00:0::1", "six.test")]
    [InlineData("127.0.0.1", "localhost")]
    [InlineData("10.0.0.2", "")]
    public void All_names_in_all_lines_of_an_address_are_its_names(string address, string names) =>
        HostsFile.NamesOf(Text, IPAddress.Parse(address))
            .Should().Equal(names.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
