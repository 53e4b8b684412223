using System.Text;
using System.Text.Json;
using Sync.Metad.Model.Access;
using Sync.Metad.Model.Backends;
using Sync.Metad.Model.Clients;
using Sync.Metad.Model.Documents;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Mapping;
using Sync.Metad.Model.Metadata;
using Sync.Metad.Model.Paths;
using Sync.Metad.Model.Views;

namespace Sync.Metad.Tests;

/// <summary>Builds snapshots from JSON, the way the manage API and the mirror's loop do together.</summary>
internal static class Snapshots
{
    private static readonly KeyLayout Layout = new(prefix: "", group: "default");

    public static MetadataSnapshot Of(string data, string mapping = "{}", string rules = "{}")
    {
        var builder = new SnapshotBuilder(Layout);
        var plan = new WritePlan(Layout);
        var operations = new List<BackendOperation>();
        operations.AddRange(plan.MergeData(MetadataPath.Root, Require(DataDocument.Read(Bytes(data)))));
        operations.AddRange(plan.MergeMapping(MetadataPath.Root, Require(MappingDocument.Read(MetadataPath.Root, Bytes(mapping)))));

        // As another program may have stored them: the manage API would refuse some of these lists.
        using var hosts = JsonDocument.Parse(rules);
        var lists = hosts.RootElement.EnumerateObject()
            .Select(host => new BackendChange(Layout.RuleKey(host.Name), Bytes(host.Value.GetRawText())));
        builder.Apply(revision: 1, [.. operations.OfType<BackendOperation.PutKey>()
            .Select(put => new BackendChange(put.Key, put.Value)), .. lists]);
        return builder.Current;
    }

    public static MetadataTree Tree(params (string Path, string? Value)[] changes) =>
        MetadataTree.Empty.Apply(
            [.. changes.Select(change => new TreeChange(MetadataPath.Split(change.Path), change.Value is null ? null : Bytes(change.Value)))],
            new NameTable());

    public static ClientAddress Address(string text) =>
        ClientAddress.TryParse(text, out var address) ? address : throw new ArgumentException(text);

    public static ClientIdentity Client(string address) => new(Address(address));

    public static View? See(this MetadataSnapshot snapshot, string client, string path) =>
        snapshot.For(Client(client), default).Find(MetadataPath.Split(path));

    /// <summary>The answer's body, or "404".</summary>
    public static string Body(this MetadataSnapshot snapshot, string client, string path, BodyFormat format = BodyFormat.Json) =>
        Body(snapshot.See(client, path), format);

    public static string Body(View? view, BodyFormat format, bool isPretty = false)
    {
        if (view is null)
        {
            return "404";
        }

        var buffer = new ByteBuffer(16);
        ViewFormat.Write(buffer, view, format, isPretty);
        return Encoding.UTF8.GetString(buffer.Written);
    }

    public static View Everything(MetadataNode node) => new View.DataView(node, AccessRules.Everything.Start());

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static T Require<T>(Reading<T> reading)
        where T : class => reading.IsRefused ? throw new ArgumentException(reading.Problem) : reading.Value;
}
