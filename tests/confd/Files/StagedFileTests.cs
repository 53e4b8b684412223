using System.Text;
using Sync.Confd.Files;
using Sync.Confd.Plan.Actions;
using Sync.Confd.Plan.Resources;
using Sync.Posix;
using Sync.TestKit;

namespace Sync.Confd.Tests.Files;

public sealed class StagedFileTests : IDisposable
{
    private const int Mode = 0b110_100_000;

    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_and_its_missing_folders_appear_with_mode_and_owner()
    {
        var path = _folder.At("a", "b", "file");

        Write(Resource(path), "new");

        Text(path).Should().Be("new");
        Seen(path).Should().BeEquivalentTo(new { Mode, Accounts.Own.UserId, Accounts.Own.GroupId });
        ModeOf(_folder.At("a")).Should().Be(493, "folders are 0755 whatever the umask");
    }

    [Fact]
    public void The_staged_file_lies_beside_the_destination_whole_and_with_its_mode()
    {
        var path = _folder.Write("file", "old");

        using var staged = StagedFile.Write(Stage(Resource(path), "new"));

        Path.GetDirectoryName(staged.Path).Should().Be(_folder.FullName);
        Text(staged.Path).Should().Be("new");
        ModeOf(staged.Path).Should().Be(Mode);
        Text(path).Should().Be("old");
    }

    [Fact]
    public void A_staged_file_that_is_not_put_in_place_goes()
    {
        var path = _folder.Write("file", "old");

        StagedFile.Write(Stage(Resource(path), "new")).Dispose();

        Directory.GetFiles(_folder.FullName).Should().Equal(path);
    }

    [Fact]
    public void A_staged_file_can_be_kept_under_a_second_name()
    {
        var path = _folder.Write("file", "old");

        string kept;
        using (var staged = StagedFile.Write(Stage(Resource(path), "new")))
        {
            kept = staged.Keep();
            staged.Commit();
        }

        Text(kept).Should().Be("new");
        Directory.GetFiles(_folder.FullName).Should().HaveCount(2);
    }

    [Fact]
    public void A_link_is_replaced_by_a_file_and_its_target_left_alone()
    {
        var target = _folder.Write("target", "old");
        File.CreateSymbolicLink(_folder.At("link"), target);

        Write(Resource(_folder.At("link")), "new");

        File.ResolveLinkTarget(_folder.At("link"), returnFinalTarget: false).Should().BeNull();
        Text(_folder.At("link")).Should().Be("new");
        Text(target).Should().Be("old");
    }

    [Fact]
    public void A_link_is_written_through_when_the_resource_says_so()
    {
        var target = _folder.Write("target", "old");
        File.CreateSymbolicLink(_folder.At("link"), target);

        Write(Resource(_folder.At("link")) with { FollowsLink = true }, "new");

        Text(target).Should().Be("new");
        File.ResolveLinkTarget(_folder.At("link"), returnFinalTarget: false)!.FullName.Should().Be(target);
    }

    [Fact]
    public void A_dangling_link_counts_as_nothing_and_is_replaced()
    {
        File.CreateSymbolicLink(_folder.At("link"), _folder.At("nowhere"));

        Destination.Look(Resource(_folder.At("link"))).Should().BeOfType<DestinationSeen.Absent>();
        Write(Resource(_folder.At("link")), "new");

        Text(_folder.At("link")).Should().Be("new");
        File.Exists(_folder.At("nowhere")).Should().BeFalse();
    }

    [Fact]
    public void A_directory_and_a_device_are_refused_with_the_remedy()
    {
        Directory.CreateDirectory(_folder.At("folder"));

        Reason(_folder.At("folder")).Should().EndWith("is a directory; name a file in dest");
        Reason("/dev/null").Should().EndWith("name a regular file in dest");
    }

    [Fact]
    public void A_missing_folder_is_refused_when_the_resource_does_not_make_it()
    {
        var resource = Resource(_folder.At("no", "file")) with { CreatesFolders = false };

        ((DestinationSeen.Unusable)Destination.Look(resource)).Reason
            .Should().EndWith("does not exist; create it, or set create_dest_dirs = true");
    }

    [Fact]
    public void Writing_in_place_keeps_the_inode_and_stages_elsewhere()
    {
        var path = _folder.Write("file", "a much longer former content");
        var inode = FileStatus.Of(path)!.Inode;
        var resource = Resource(path) with { WriteMode = WriteMode.InPlace };

        using (var staged = StagedFile.Write(Stage(resource, "new")))
        {
            Path.GetDirectoryName(staged.Path).Should().NotBe(_folder.FullName);
            staged.Commit().Should().BeTrue();
        }

        FileStatus.Of(path)!.Inode.Should().Be(inode);
        Text(path).Should().Be("new");
        ModeOf(path).Should().Be(Mode);
    }

    [RootFact]
    public async Task A_bind_mount_is_written_in_place_unless_only_a_rename_will_do()
    {
        var source = _folder.Write("source", "old");
        var path = _folder.Write("file", "");
        await using var mount = await Mount.BindAsync(source, path);

        Write(Resource(path), "new");
        var rename = () => Write(Resource(path) with { WriteMode = WriteMode.Rename }, "newer");

        rename.Should().Throw<PosixException>().Which.Error.Should().Be(Errno.Busy);
        Text(source).Should().Be("new");
        Directory.GetFiles(_folder.FullName).Should().HaveCount(2, "no staged file is left");
    }

    [RootFact]
    public async Task A_full_disk_and_a_read_only_one_leave_the_destination_alone()
    {
        Directory.CreateDirectory(_folder.At("small"));
        await using var mount = await Mount.TemporaryAsync(_folder.At("small"), "size=64k");
        var path = _folder.Write("small/file", "old");

        var fill = () => Write(Resource(path), new string('x', 200_000));
        fill.Should().Throw<PosixException>().Which.Error.Should().Be(Errno.NoSpace);
        Text(path).Should().Be("old");
        Directory.GetFiles(_folder.At("small")).Should().Equal(path);

        await mount.RemountReadOnlyAsync();
        var write = () => Write(Resource(path), "new");
        write.Should().Throw<PosixException>().Which.Error.Should().Be(Errno.ReadOnlyFileSystem);
        Text(path).Should().Be("old");
    }

    [RootFact]
    public void An_owner_by_name_or_number_is_there_from_the_first_byte()
    {
        var resource = Resource(_folder.At("file")) with { Owner = "nobody", GroupId = 7 };
        var owner = Accounts.For(resource).Owner;

        using var staged = StagedFile.Write(new PlanAction.Stage(resource, Bytes("x"), Mode, owner));

        var status = FileStatus.Of(staged.Path)!;
        (status.User, status.Group).Should().Be((65534u, 7u));
    }

    [Fact]
    public void An_unknown_name_is_refused()
    {
        Accounts.For(Resource("/x") with { Owner = "no-such-user" }).Refusal
            .Should().Be("cannot find owner's UID: unknown user \"no-such-user\"");
        Accounts.For(Resource("/x") with { Group = "no-such-group" }).Refusal
            .Should().Be("cannot find group's GID for group \"no-such-group\"");
    }

    [Fact]
    public void Only_old_staged_files_of_our_destinations_are_cleaned_up()
    {
        var now = DateTimeOffset.UtcNow;
        var old = _folder.Write(".file.0123abcd.staged", "x");
        File.SetLastWriteTimeUtc(old, now.UtcDateTime.AddHours(-2));
        var fresh = _folder.Write(".file.0123abce.staged", "x");
        var other = _folder.Write(".other.0123abcd.staged", "x");
        File.SetLastWriteTimeUtc(other, now.UtcDateTime.AddHours(-2));

        Leftovers.Remove([Resource(_folder.At("file"))], now).Should().Equal(old);

        File.Exists(fresh).Should().BeTrue();
        File.Exists(other).Should().BeTrue();
    }

    private static void Write(Resource resource, string content)
    {
        using var staged = StagedFile.Write(Stage(resource, content));
        staged.Commit();
    }

    private static PlanAction.Stage Stage(Resource resource, string content) =>
        new(resource, Bytes(content), Mode, Accounts.Own);

    private static Resource Resource(string path) => new() { File = "x.toml", Source = "x.tmpl", Destination = path };

    private static string Text(string path) => File.ReadAllText(path);

    private static int ModeOf(string path) => (int)FileStatus.Of(path)!.Mode;

    private static string Reason(string path) => ((DestinationSeen.Unusable)Destination.Look(Resource(path))).Reason;

    private static DestinationSeen.RegularFile Seen(string path) =>
        (DestinationSeen.RegularFile)Destination.Look(Resource(path));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
