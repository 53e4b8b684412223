using CliWrap;
using CliWrap.Buffered;
using Sync.Confd.Plan.Resources;
using Sync.TestKit;

namespace Sync.Confd.Tests.Resources;

/// <summary>The resources of the template library, and what their check commands say of what they render.</summary>
public sealed class LibraryResourceTests
{
    private static readonly string Root = Repository.At("templates", "library");

    public static TheoryData<string> Applications =>
        [.. Directory.GetDirectories(Root).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Applications))]
    public void A_resource_of_the_library_is_read_without_complaint(string application)
    {
        var text = ResourceOf(application);

        text.Diagnostics.Should().BeEmpty();
        var resource = text.Resources.Should().ContainSingle().Which;
        File.Exists(Path.Combine(Root, application, "templates", resource.Source!)).Should().BeTrue();
    }

    // That a pair renders its golden file is shown by the tests of the templates.
    [DebianTheory("nginx", "haproxy")]
    [InlineData("nginx")]
    [InlineData("haproxy")]
    public async Task The_program_itself_accepts_what_a_pair_renders(string application)
    {
        var resource = ResourceOf(application).Resources.Single();
        var golden = Directory.GetFiles(Path.Combine(Root, application, "sample"), "*.golden").Single();
        var command = resource.CheckCommand!.ArgumentsFor(golden, resource.Destination);

        var accepted = await CheckAsync(command);
        using var broken = new TempDirectory();
        await File.WriteAllTextAsync(broken.At("broken"), await File.ReadAllTextAsync(golden) + "\nno such directive\n");
        var refused = await CheckAsync(resource.CheckCommand!.ArgumentsFor(broken.At("broken"), resource.Destination));

        accepted.ExitCode.Should().Be(0, accepted.StandardError);
        refused.ExitCode.Should().NotBe(0, "the check command looks at the file that was rendered");
    }

    private static ResourceText ResourceOf(string application)
    {
        var file = Directory.GetFiles(Path.Combine(Root, application, "conf.d"), "*.toml").Single();
        return ResourceText.Parse(file, File.ReadAllText(file));
    }

    private static async Task<BufferedCommandResult> CheckAsync(IReadOnlyList<string> command) =>
        await Cli.Wrap(command[0])
            .WithArguments(command.Skip(1))
            .WithEnvironmentVariables(variables => variables.Set(
                "PATH", Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin"))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(Deadline.Default);
}
