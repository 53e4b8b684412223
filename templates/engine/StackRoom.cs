using System.Runtime.CompilerServices;

namespace Sync.Templates;

/// <summary>Tells whether a recursion may go one level deeper on this thread.</summary>
/// <remarks>
/// The runtime's own check, <see cref="RuntimeHelpers.TryEnsureSufficientExecutionStack"/>, wants 128 KB. Where the deepest level
/// compiles a method, collects garbage and throws an exception, each of them on top of the other, that is sometimes too little,
/// and a stack overflow ends the process. This one wants 200 KB.
/// </remarks>
internal static class StackRoom
{
    // What a probe takes: less than the runtime's check has just promised.
    private const int ProbeBytes = 112 * 1024;

    // How much deeper the stack may grow before the next probe.
    private const int StrideBytes = 32 * 1024;

    [ThreadStatic]
    private static nint _goodDownTo;

    /// <summary>Whether there is room.</summary>
    public static bool IsLeft
    {
        get
        {
            byte local = 0;
            var here = Unsafe.ByteOffset(ref Unsafe.NullRef<byte>(), ref local);
            return (_goodDownTo != 0 && here >= _goodDownTo) || Probe(here);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Probe(nint here)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack() || !IsLeftBelow(stackalloc byte[ProbeBytes]))
        {
            return false;
        }

        _goodDownTo = here - StrideBytes;
        return true;
    }

    // The bytes lie between the caller and this, which therefore looks that much deeper.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsLeftBelow(ReadOnlySpan<byte> taken) =>
        taken.Length == ProbeBytes && RuntimeHelpers.TryEnsureSufficientExecutionStack();
}
