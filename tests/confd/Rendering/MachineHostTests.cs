using Sync.Confd.Rendering;
using Sync.TestKit;

namespace Sync.Confd.Tests.Rendering;

public sealed class MachineHostTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("::", "::")]
    [InlineData("10.1.2.3", "10.1.2.3")]
    [InlineData("::ffff:10.1.2.3", "10.1.2.3")]
    [InlineData("a..b", "")]
    public void Addresses_stand_for_themselves_and_what_is_no_name_has_none(string name, string expected) =>
        string.Join(' ', Host.LookupAddresses(name)).Should().Be(expected);

    [Fact]
    public void An_overlong_name_has_no_addresses() => Host.LookupAddresses(new string('x', 300)).Should().BeEmpty();

    [Fact]
    public void What_is_no_file_reads_as_none()
    {
        Host.ReadFile(_folder.At("gone")).Should().BeNull();
        Host.ReadFile(_folder.At(".")).Should().BeNull();
    }

    [Fact]
    public void Identifiers_are_random_ones_of_version_4()
    {
        var (first, second) = (Host.NewIdentifier(), Host.NewIdentifier());

        first.Version.Should().Be(4);
        second.Should().NotBe(first);
    }

    private Templates.TemplateHost Host => MachineHost.For(_folder.At("."), new("", ""), new Dictionary<string, string>(), TimeProvider.System);
}
