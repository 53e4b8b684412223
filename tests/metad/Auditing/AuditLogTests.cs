using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Sync.Metad.Auditing;
using Sync.TestKit;

namespace Sync.Metad.Tests.Auditing;

/// <summary>Lines about what was denied: one each, whatever a caller sends, and none lost untold.</summary>
public sealed class AuditLogTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_record_is_one_line_of_json_whatever_is_in_it()
    {
        const string Nasty = "/x\r\n{\"event\":\"forged\"}\u2028\u0085\"\\\0é";
        using var output = new MemoryStream();

        await WriteAsync(output, Denied(Nasty, Denial.Hidden));

        var text = Encoding.UTF8.GetString(output.ToArray());
        text.TrimEnd('\n').Should().NotContainAny("\n", "\r", "\u2028", "\u0085", "\0");
        using var line = JsonDocument.Parse(text);
        line.RootElement.GetProperty("target").GetString().Should().Be(Nasty);
        line.RootElement.GetProperty("reason").GetString().Should().Be("hidden");
        line.RootElement.GetProperty("time").GetString().Should().Be("2026-01-01T00:00:00Z");
    }

    [Fact]
    public async Task A_long_target_is_cut()
    {
        using var output = new MemoryStream();

        await WriteAsync(output, Denied("/" + new string('x', 5000), Denial.Hidden));

        output.Length.Should().BeLessThan(1500);
    }

    [Fact]
    public async Task What_cannot_be_written_is_counted_and_told_with_the_next_line()
    {
        using var output = new FailingStream(failures: 2);

        var log = await WriteAsync(output, Denied("/1", Denial.Path), Denied("/2", Denial.Path), Denied("/3", Denial.Path));

        log.Lost.Should().Be(2);
        Encoding.UTF8.GetString(output.ToArray()).Should().Contain("/3").And.Contain("\"lost_before\":2").And.NotContain("/1");
        log.WriteMetrics().Should().Contain("\nmetad_audit_lost_total 2\n")
            .And.Contain("\nmetad_denied_total{reason=\"path\"} 3\n").And.Contain("\nmetad_denied_total{reason=\"host\"} 0\n");
    }

    [Fact]
    public async Task Without_a_place_for_lines_denials_are_still_counted()
    {
        using var log = new AuditLog(sink: null, NullLogger<AuditLog>.Instance);
        await log.StartAsync(Deadline.Default);

        log.Add(Denied("/", Denial.Host));
        await log.StopAsync(Deadline.Default);

        log.WriteMetrics().Should().Contain("metad_denied_total{reason=\"host\"} 1\n");
        log.Lost.Should().Be(0);
    }

    [Fact]
    public async Task One_that_is_ended_while_it_starts_or_before_all_is_written_lets_the_others_stop()
    {
        using var ended = new CancellationTokenSource();
        using var log = new AuditLog(sink: null, NullLogger<AuditLog>.Instance);
        await log.StartAsync(Deadline.Default);
        await ended.CancelAsync();

        await log.StopAsync(ended.Token);
    }

    [Fact]
    public async Task A_queue_that_is_full_loses_the_newest_and_counts_them()
    {
        using var output = new MemoryStream();
        using var log = new AuditLog(AuditSink.Open("stderr", 0, output), NullLogger<AuditLog>.Instance);

        for (var number = 0; number < 5000; number++)
        {
            log.Add(Denied($"/{number}", Denial.Host));
        }

        await log.StartAsync(Deadline.Default);
        await log.StopAsync(Deadline.Default);

        log.Lost.Should().Be(5000 - 4096);
        Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(4096);
    }

    [Fact]
    public void A_full_file_is_put_aside_and_the_oldest_goes()
    {
        using var file = new AuditFile(_folder.At("audit.log"), bytesMax: 10);
        foreach (var line in new[] { "one-1\n", "two-2\n", "three\n", "four4\n", "five5\n", "six-6\n" })
        {
            file.Append(Encoding.UTF8.GetBytes(line));
        }

        new[] { "", ".1", ".2", ".3", ".4" }.Select(end => File.ReadAllText(_folder.At("audit.log" + end)))
            .Should().Equal("six-6\n", "five5\n", "four4\n", "three\n", "two-2\n");
        File.Exists(_folder.At("audit.log.5")).Should().BeFalse();
        File.GetUnixFileMode(_folder.At("audit.log")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void A_file_goes_on_where_it_ended()
    {
        var path = _folder.Write("audit.log", "before\n");
        using (var file = new AuditFile(path, bytesMax: 1000))
        {
            file.Append("after\n"u8);
        }

        File.ReadAllText(path).Should().Be("before\nafter\n");
    }

    private static AuditRecord Denied(string target, string reason) => new(
        new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), "denied", "metadata", "10.0.0.1", "10.0.0.1:5", "GET", target, 404, reason);

    private static async Task<AuditLog> WriteAsync(Stream output, params AuditRecord[] records)
    {
        var log = new AuditLog(AuditSink.Open("stderr", 0, output), NullLogger<AuditLog>.Instance);
        await log.StartAsync(Deadline.Default);
        foreach (var record in records)
        {
            log.Add(record);
        }

        await log.StopAsync(Deadline.Default);
        log.Dispose();
        return log;
    }

    private sealed class FailingStream(int failures) : MemoryStream
    {
        private int _failures = failures;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (_failures-- > 0)
            {
                throw new IOException("No space left on device");
            }

            base.Write(buffer);
        }
    }
}
