namespace Sync.Metad.Model.Backends;

/// <summary>One step of a write. The steps of a write touch different keys, so their order does not matter.</summary>
public abstract record BackendOperation
{
    private BackendOperation()
    {
    }

    /// <summary>Sets a key.</summary>
    /// <param name="Key">The whole key.</param>
    /// <param name="Value">The value.</param>
    public sealed record PutKey(byte[] Key, byte[] Value) : BackendOperation;

    /// <summary>Removes the keys in <c>[Start, End)</c>.</summary>
    /// <param name="Start">The first key.</param>
    /// <param name="End">The first key after the range.</param>
    public sealed record DeleteRange(byte[] Start, byte[] End) : BackendOperation;

    /// <summary>
    /// Removes a place as the backend has it at that moment: everything below the key when there is anything, else
    /// the key.
    /// </summary>
    /// <param name="Key">The whole key, without a slash at the end.</param>
    public sealed record DeletePlace(byte[] Key) : BackendOperation
    {
        /// <summary>The first key below the place.</summary>
        public byte[] BelowStart => [.. Key, (byte)'/'];

        /// <summary>The first key after all below the place: the byte after a slash is a zero digit.</summary>
        public byte[] BelowEnd => [.. Key, (byte)'0'];
    }
}
