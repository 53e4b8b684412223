using System.Globalization;
using Sync.Simulation;

namespace Sync.Disk.Tests.Directories;

public sealed class DamageTests
{
    private const int Operations = 64;

    [Fact]
    public void A_flipped_bit_anywhere_is_told_or_harmless_and_never_served()
    {
        var (disk, acknowledged) = StoppedDirectory();
        var told = 0;
        var harmless = 0;
        foreach (var (path, offset) in BytesToFlip(disk))
        {
            var copy = disk.Copy(offset);
            copy.Flip(path, offset, offset % 8);
            if (IsTold(copy, acknowledged, $"byte {offset} of {path} was flipped"))
            {
                told++;
            }
            else
            {
                harmless++;
            }
        }

        told.Should().BeGreaterThan(1000);
        harmless.Should().BePositive("the unused rest of a segment may say anything");
    }

    [Fact]
    public void A_file_that_was_cut_short_is_told_at_every_length()
    {
        var (disk, acknowledged) = StoppedDirectory();
        foreach (var path in Files(disk).Where(path => path.EndsWith(".log", StringComparison.Ordinal)))
        {
            var length = disk.ContentOf(path).Length;
            for (var cut = 0; cut < length; cut += cut % 4096 < 700 ? 7 : 131)
            {
                var copy = disk.Copy(cut);
                copy.Cut(path, cut);
                IsTold(copy, acknowledged, $"{path} was cut to {cut} bytes")
                    .Should().BeTrue("segments of the log keep their size from the first day");
            }
        }
    }

    [Fact]
    public void A_file_that_is_missing_is_told_unless_it_can_be_made_anew()
    {
        var (disk, acknowledged) = StoppedDirectory();
        foreach (var path in Files(disk))
        {
            var copy = disk.Copy(1);
            copy.Delete(path);
            var isTold = IsTold(copy, acknowledged, $"{path} is missing");
            isTold.Should().Be(IsNeeded(disk, path), $"{path} is missing");
        }
    }

    private static (SimulatedDisk Disk, int Acknowledged) StoppedDirectory()
    {
        var disk = new SimulatedDisk(7);
        var driver = new DirectoryDriver(disk);
        driver.Start();
        driver.RunTo(Operations);
        driver.Stop();
        return (disk, driver.Acknowledged);
    }

    // Whether the start, or the reading of what it gave, ends in a message; if not, everything must be right.
    private static bool IsTold(SimulatedDisk disk, int acknowledged, string because)
    {
        var driver = new DirectoryDriver(disk) { Acknowledged = acknowledged };
        try
        {
            driver.Start();
            driver.Verify();
            return false;
        }
        catch (DamageException damage)
        {
            damage.File.Should().StartWith(disk.Root, because);
            damage.Remedy.Should().NotBeEmpty(because);
            return true;
        }
        catch (DataDirectoryException refusal)
        {
            refusal.Reason.Should().NotBeEmpty(because);
            return true;
        }
        catch (Xunit.Sdk.XunitException wrong)
        {
            throw new InvalidOperationException($"Served damage: {because}.", wrong);
        }
        finally
        {
            driver.Stop();
        }
    }

    private static IEnumerable<string> Files(SimulatedDisk disk) =>
        from folder in (string[])["sync", "sync/wal", "sync/segments", "sync/checkpoints"]
        from name in disk.List(folder)
        let path = $"{folder}/{name}"
        where name is not ("lock" or "wal" or "segments" or "checkpoints")
        select path;

    // Every byte of small files; of large ones every byte at the front of each block and a sample of the rest.
    private static IEnumerable<(string Path, int Offset)> BytesToFlip(SimulatedDisk disk) =>
        from path in Files(disk)
        let length = disk.ContentOf(path).Length
        from offset in Enumerable.Range(0, length)
        where length < 600 || offset % 4096 < 64 || offset % 37 == 0
        select (path, offset);

    // Indexes are made anew, and so are spare and prepared segments; of two checkpoints the older one is not needed.
    private static bool IsNeeded(SimulatedDisk disk, string path) => path switch
    {
        _ when path.EndsWith(".index", StringComparison.Ordinal) => false,
        _ when path.EndsWith(".spare", StringComparison.Ordinal) => false,
        _ when path.EndsWith(".checkpoint", StringComparison.Ordinal) => false,
        _ when path.EndsWith(".values", StringComparison.Ordinal) => IsInUse(disk, path, ".values"),
        _ when path.EndsWith(".log", StringComparison.Ordinal) => IsInUse(disk, path, ".log"),
        _ => true,
    };

    private static bool IsInUse(SimulatedDisk disk, string path, string suffix)
    {
        var driver = new DirectoryDriver(disk.Copy(1));
        driver.Start();
        var directory = driver.Directory ?? throw new InvalidOperationException("It was started.");
        var number = int.Parse(
            Path.GetFileName(path)[..^suffix.Length], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return suffix == ".log"
            ? Files(disk).Where(file => file.EndsWith(suffix, StringComparison.Ordinal))
                .Take(directory.Log.SegmentCount).Contains(path)
            : directory.Checkpoints.Newest?.Segments.Any(extent => extent.Segment == number) ?? false;
    }
}
