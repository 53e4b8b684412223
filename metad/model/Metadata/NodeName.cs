using Sync.Metad.Model.Formats;

namespace Sync.Metad.Model.Metadata;

/// <summary>
/// A node's name with its JSON spelling beside it, so that writing a tree copies bytes and escapes nothing. Names
/// repeat from node to node and are shared (<see cref="NameTable"/>).
/// </summary>
public sealed class NodeName
{
    private readonly byte[] _bytes;
    private readonly byte[] _jsonMember;

    /// <summary>Encodes a name.</summary>
    /// <param name="bytes">Any bytes but none that is a slash; copied.</param>
    public NodeName(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes.ToArray();

        var json = new ByteBuffer(bytes.Length + 8);
        JsonText.Write(json, bytes);
        json.Append((byte)':');
        _jsonMember = json.Written.ToArray();
    }

    /// <summary>The name as it is in the backend.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The name as the start of a JSON member: quoted, escaped, with its colon.</summary>
    public ReadOnlySpan<byte> JsonMember => _jsonMember;
}
