using Sync.Conformance.Tests.Servers;
using Sync.Etcd.Api;
using static Sync.Conformance.Tests.Servers.ConformanceServer;

namespace Sync.Conformance.Tests.Watches;

/// <summary>A watch that asks for it is told now and then how far it is.</summary>
public sealed class ProgressTests
{
    [Theory, EachServer]
    public async Task A_quiet_watch_is_told_the_revision_again_and_again(string program)
    {
        var prefix = program == "etcd" ? "--experimental-" : "--";
        await using var server = await ConformanceServer.StartAsync(program, $"{prefix}watch-progress-notify-interval=200ms");
        using var watch = server.Watch();
        var created = await watch.CreateAsync(new WatchCreateRequest { Key = Text("quiet"), ProgressNotify = true });

        var first = await watch.NextAsync();
        var elsewhere = await server.PutAsync("elsewhere");
        var later = await watch.NextAsync();
        while (later.Header.Revision < elsewhere)
        {
            later = await watch.NextAsync();
        }

        (first.WatchId, first.Header.Revision, first.Events.Count).Should().Be((created.WatchId, 1, 0));
        (later.WatchId, later.Header.Revision, later.Events.Count).Should().Be((created.WatchId, elsewhere, 0));
    }
}
