using System.Text;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Metadata;
using Sync.Metad.Model.Paths;
using Sync.Metad.Model.Views;

namespace Sync.Metad.Model.Cloud;

/// <summary>
/// The trees from which cloud-init boots a machine, built from a caller's mapping named <c>cloud-init</c> with the
/// names <c>meta-data</c>, <c>user-data</c>, <c>vendor-data</c> and <c>network-config</c>, as far as it has them.
/// </summary>
/// <remarks>
/// <code>
/// /nocloud/meta-data user-data vendor-data network-config        | NoCloud over HTTP
/// /latest/meta-data/… user-data, also below a date               | as EC2 has it
/// /openstack/latest/meta_data.json user_data vendor_data.json vendor_data2.json network_data.json
/// </code>
/// A value is passed on as it is. A directory is written as YAML (a user-data or vendor-data one as cloud-config), as
/// JSON for OpenStack, and as a tree of names for EC2. An instance-id that is missing is the caller's own name.
/// A caller without that mapping has no such trees: the paths mean data, as any other.
/// Source: cloud-init's pages on the data sources NoCloud, Ec2 and OpenStack.
/// </remarks>
public sealed class CloudTree
{
    private const string MetaPart = "meta-data";
    private const string UserPart = "user-data";
    private const string VendorPart = "vendor-data";
    private const string NetworkPart = "network-config";

    private static readonly MetadataPath Mapped = MetadataPath.Split("/self/cloud-init");

    private readonly ClientView _view;
    private readonly string _instanceId;

    private CloudTree(ClientView view, string instanceId)
    {
        _view = view;
        _instanceId = instanceId;
    }

    /// <summary>The trees of a caller.</summary>
    /// <param name="view">What the caller sees.</param>
    /// <param name="path">What it asks for.</param>
    /// <param name="caller">The caller's name, which stands for an instance-id that is missing.</param>
    /// <returns>Null when the path is none of these trees' or the caller has none.</returns>
    public static CloudTree? Covering(ClientView view, MetadataPath path, string caller) =>
        IsRoot(path.FirstSegment) && view.Find(Mapped) is not null ? new(view, caller) : null;

    /// <summary>A document.</summary>
    /// <param name="path">A path that <see cref="Covering"/> took.</param>
    /// <returns>Null when there is none.</returns>
    public CloudPage? Find(MetadataPath path)
    {
        var below = path.BelowFirstSegment;
        return Encoding.UTF8.GetString(path.FirstSegment) switch
        {
            "nocloud" => below.BelowFirstSegment.IsRoot ? NoCloud(Text(below.FirstSegment)) : null,
            "openstack" => OpenStack(below),
            _ => Ec2(below),
        };
    }

    private static bool IsRoot(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("latest"u8) || name.SequenceEqual("nocloud"u8) || name.SequenceEqual("openstack"u8) || IsDate(name);

    // An API version such as 2009-04-04.
    private static bool IsDate(ReadOnlySpan<byte> name)
    {
        if (name.Length != 10 || name[4] != '-' || name[7] != '-')
        {
            return false;
        }

        foreach (var letter in name)
        {
            if (letter != '-' && !char.IsAsciiDigit((char)letter))
            {
                return false;
            }
        }

        return true;
    }

    private CloudPage? NoCloud(string name) => name switch
    {
        "" => Lines([.. new[] { MetaPart, UserPart, VendorPart, NetworkPart }.Where(part => Part(part) is not null)]),
        MetaPart => Part(MetaPart) is { } meta ? Page(buffer => WriteMeta(buffer, meta)) : null,
        UserPart or VendorPart => Part(name) is { } user ? Page(buffer => WriteConfig(buffer, user)) : null,
        NetworkPart => Part(NetworkPart) is { } network
            ? Page(buffer => ViewFormat.Write(buffer, network, RawOr(network, BodyFormat.Yaml), isIndented: false))
            : null,
        _ => null,
    };

    private CloudPage? Ec2(MetadataPath below)
    {
        if (below.IsRoot)
        {
            return Lines([.. new[] { $"{MetaPart}/", UserPart }.Where(part => Part(part.TrimEnd('/')) is not null)]);
        }

        var name = Text(below.FirstSegment);
        if (name == UserPart && below.BelowFirstSegment.IsRoot)
        {
            return NoCloud(UserPart);
        }

        return name == MetaPart && Part(MetaPart) is { } meta && !VisibleChildren.IsLeaf(meta)
            ? Ec2Meta(meta, below.BelowFirstSegment)
            : null;
    }

    private CloudPage? Ec2Meta(View meta, MetadataPath below)
    {
        var view = meta;
        foreach (var segment in below.Segments)
        {
            var name = segment.ToArray();
            if (VisibleChildren.Of(view).FirstOrDefault(child => child.Name.Bytes.SequenceEqual(name)) is not { } found)
            {
                return below.Bytes.SequenceEqual("/instance-id"u8) ? Page(buffer => buffer.Append(Bytes(_instanceId))) : null;
            }

            view = found.View;
        }

        if (VisibleChildren.IsLeaf(view))
        {
            return Page(buffer => ViewFormat.Write(buffer, view, BodyFormat.Text, isIndented: false));
        }

        return below.Bytes.SequenceEqual("/public-keys"u8)
            ? Lines([.. VisibleChildren.Of(view).Select(child => $"{Text(child.Name.Bytes)}={Text(child.Name.Bytes)}")])
            : Lines(Ec2Names(view, isTop: below.IsRoot));
    }

    private static string[] Ec2Names(View view, bool isTop)
    {
        var names = VisibleChildren.Of(view)
            .Select(child => Text(child.Name.Bytes) + (VisibleChildren.IsLeaf(child.View) ? "" : "/"));
        return isTop ? [.. names.Append("instance-id").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] : [.. names];
    }

    private CloudPage? OpenStack(MetadataPath below)
    {
        var version = below.FirstSegment;
        if (version.IsEmpty)
        {
            return Lines(["2012-08-10", "2018-08-27", "latest"]);
        }

        if (!IsDate(version) && !version.SequenceEqual("latest"u8))
        {
            return null;
        }

        return Text(below.BelowFirstSegment.Bytes) switch
        {
            "" => Lines(OpenStackNames()),
            "/meta_data.json" => Part(MetaPart) is { } meta ? OpenStackMeta(meta) : null,
            "/user_data" => NoCloud(UserPart),
            "/vendor_data.json" => Part(VendorPart) is { } vendor ? VendorDocument(vendor) : null,
            "/vendor_data2.json" => Json(buffer => buffer.Append("{}"u8)),
            "/network_data.json" => Part(NetworkPart) is { } network ? JsonDocumentOf(network) : null,
            _ => null,
        };
    }

    private string[] OpenStackNames()
    {
        (string Name, string Part)[] all =
        [
            ("meta_data.json", MetaPart), ("network_data.json", NetworkPart), ("user_data", UserPart),
            ("vendor_data.json", VendorPart),
        ];
        return [.. all.Where(entry => Part(entry.Part) is not null).Select(entry => entry.Name), "vendor_data2.json"];
    }

    // OpenStack calls the instance-id uuid and wants a host name beside it.
    private CloudPage? OpenStackMeta(View meta)
    {
        if (VisibleChildren.IsLeaf(meta))
        {
            return JsonDocumentOf(meta);
        }

        var members = VisibleChildren.Of(meta).ToList();
        Add("uuid", ValueOf("instance-id") ?? Bytes(_instanceId));
        if (ValueOf("local-hostname") is { } host)
        {
            Add("hostname", host);
            Add("name", host);
        }

        members.Sort(static (left, right) => left.Name.Bytes.SequenceCompareTo(right.Name.Bytes));
        return Json(buffer => JsonFormat.Write(buffer, new View.MappedView(members), isIndented: false));

        byte[]? ValueOf(string name) => members.Where(member => Text(member.Name.Bytes) == name)
            .Select(member => member.View).OfType<View.DataView>().FirstOrDefault(view => view.Node.IsLeaf)?.Node.Value.ToArray();

        void Add(string name, byte[] value)
        {
            if (!members.Exists(member => Text(member.Name.Bytes) == name))
            {
                members.Add(Leaf(name, value));
            }
        }
    }

    // Text that is no JSON is handed to cloud-init in the member that it reads.
    private static CloudPage VendorDocument(View vendor) => JsonDocumentOf(vendor) ?? Json(buffer =>
    {
        var text = new ByteBuffer();
        WriteConfig(text, vendor);
        buffer.Append("{\"cloud-init\":"u8);
        JsonText.Write(buffer, text.Written);
        buffer.Append((byte)'}');
    });

    private static CloudPage? JsonDocumentOf(View view)
    {
        if (view is not View.DataView { Node: { IsLeaf: true } leaf })
        {
            return Json(buffer => JsonFormat.Write(buffer, view, isIndented: false));
        }

        var value = leaf.Value.TrimStart(" \t\r\n"u8);
        return value is [(byte)'{', ..] ? new(leaf.Value.ToArray(), IsJson: true) : null;
    }

    private void WriteMeta(ByteBuffer buffer, View meta)
    {
        var isComplete = VisibleChildren.IsLeaf(meta)
            || VisibleChildren.Of(meta).Any(child => child.Name.Bytes.SequenceEqual("instance-id"u8));
        if (!isComplete)
        {
            buffer.Append("instance-id: "u8);
            YamlText.WriteValue(buffer, Bytes(_instanceId), indent: 2);
        }

        if (isComplete || VisibleChildren.Of(meta).Any())
        {
            ViewFormat.Write(buffer, meta, RawOr(meta, BodyFormat.Yaml), isIndented: false);
        }
    }

    private static void WriteConfig(ByteBuffer buffer, View view)
    {
        if (!VisibleChildren.IsLeaf(view))
        {
            buffer.Append("#cloud-config\n"u8);
        }

        ViewFormat.Write(buffer, view, RawOr(view, BodyFormat.Yaml), isIndented: false);
    }

    private static BodyFormat RawOr(View view, BodyFormat format) => VisibleChildren.IsLeaf(view) ? BodyFormat.Text : format;

    private View? Part(string name) => _view.Find(Mapped.Append(MetadataPath.Split($"/{name}")));

    private static NamedView Leaf(string name, byte[] value)
    {
        var node = new MetadataNode(new NodeName(Bytes(name)), value, NodeList.Empty);
        return new(node.Name, new View.DataView(node, Access.AccessRules.Everything.Start()));
    }

    private static CloudPage Lines(string[] lines) => Page(buffer => buffer.Append(Bytes(string.Join('\n', lines))));

    private static CloudPage Page(Action<ByteBuffer> write) => Written(write, isJson: false);

    private static CloudPage Json(Action<ByteBuffer> write) => Written(write, isJson: true);

    private static CloudPage Written(Action<ByteBuffer> write, bool isJson)
    {
        var buffer = new ByteBuffer(512);
        write(buffer);
        return new(buffer.Written.ToArray(), isJson);
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
