using System.Text;
using Microsoft.Extensions.Time.Testing;
using Sync.Metad.Files;
using Sync.TestKit;

namespace Sync.Metad.Tests.Files;

/// <summary>When files are looked at again, and what becomes of a change that cannot be used.</summary>
public sealed class ReloadedFilesTests : IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _told = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_change_counts_a_second_after_the_last_look_and_no_sooner()
    {
        var files = Open("1");
        _folder.Write("file", "2");

        files.Current.Should().Be("1", "it was looked at just now");
        _time.Advance(TimeSpan.FromSeconds(1));
        files.Current.Should().Be("2");
    }

    [Fact]
    public void Many_uses_are_one_look()
    {
        var files = Open("1");
        File.Delete(_folder.At("file"));
        for (var use = 0; use < 1000; use++)
        {
            files.Current.Should().Be("1");
        }

        _told.Should().BeEmpty("the absence was not noticed yet");
    }

    [Fact]
    public void A_change_that_cannot_be_used_is_told_once_and_the_last_good_value_stays()
    {
        var files = Open("1");
        _folder.Write("file", "bad");
        for (var look = 0; look < 3; look++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            files.Current.Should().Be("1");
        }

        _told.Should().Equal("bad is no number");
        _folder.Write("file", "3");
        _time.Advance(TimeSpan.FromSeconds(1));
        files.Current.Should().Be("3");
    }

    [Fact]
    public async Task Who_comes_while_another_looks_goes_on_with_the_value_that_is_there()
    {
        using var reading = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        var files = Open("1", text =>
        {
            if (text == "2")
            {
                reading.Release();
                goOn.Wait(Deadline.In(TimeSpan.FromSeconds(60)));
            }
        });
        _folder.Write("file", "2");
        _time.Advance(TimeSpan.FromSeconds(1));

        var looking = Task.Run(() => files.Current);
        await reading.WaitAsync(Deadline.In(TimeSpan.FromSeconds(60)));
        _time.Advance(TimeSpan.FromSeconds(1));
        files.Current.Should().Be("1");
        goOn.Release();

        (await looking).Should().Be("2");
    }

    private ReloadedFiles<string> Open(string text, Action<string>? read = null)
    {
        return new([_folder.Write("file", text)], Read, _told.Add, _time);

        string Read(IReadOnlyList<byte[]> contents)
        {
            var content = Encoding.UTF8.GetString(contents[0]);
            read?.Invoke(content);
            return content == "bad" ? throw new FormatException("bad is no number") : content;
        }
    }
}
