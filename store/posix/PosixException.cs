namespace Sync.Posix;

/// <summary>A system call that failed: what was attempted, on what, and why not.</summary>
public sealed class PosixException : IOException
{
    /// <summary>Describes the failure of <paramref name="operation"/> on <paramref name="path"/>.</summary>
    /// <param name="operation">The name of the call, such as <c>fdatasync</c>.</param>
    /// <param name="path">The file that it was about, or what else names the object.</param>
    /// <param name="error">The error number.</param>
    public PosixException(string operation, string path, Errno error)
        : base(Sentence(operation, path, error))
    {
        Operation = operation;
        Path = path;
        Error = error;
    }

    /// <summary>The name of the call, such as <c>fdatasync</c>.</summary>
    public string Operation { get; }

    /// <summary>The file that the call was about; for two names, <c>source to target</c>.</summary>
    public string Path { get; }

    /// <summary>The error number.</summary>
    public Errno Error { get; }

    /// <summary>What an operator can do about it, one sentence; empty when the error's name says it all.</summary>
    public string Remedy => Error.Remedy;

    private static string Sentence(string operation, string path, Errno error)
    {
        var fact = $"{operation} of {path} failed: {error.Name} ({error.Description}).";
        return error.Remedy.Length == 0 ? fact : $"{fact} {error.Remedy}";
    }
}
