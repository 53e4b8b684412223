using System.Security.Cryptography;

namespace Sync.Store.Certificates;

/// <summary>
/// A value that files hold, made anew when their bytes changed: they are compared whole, so it does not matter how they
/// were replaced. A change that cannot be used leaves the last good value.
/// </summary>
/// <remarks>
/// The files are read at each use, as etcd reads them in each handshake; beside the handshake that costs nothing. Any
/// thread may ask.
/// </remarks>
/// <typeparam name="T">The value; immutable.</typeparam>
internal sealed class RereadFiles<T>
    where T : class
{
    private readonly string[] _paths;
    private readonly Func<IReadOnlyDictionary<string, byte[]>, T> _make;

    // Held by the one who looks; binds all fields below.
    private readonly Lock _lock = new();
    private Dictionary<string, byte[]> _contents;
    private T _value;
    private string? _problem;

    /// <summary>Reads the files for the first time; what is wrong with them is thrown.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="make">Makes the value of their contents, by path.</param>
    public RereadFiles(IEnumerable<string> paths, Func<IReadOnlyDictionary<string, byte[]>, T> make)
    {
        _paths = [.. paths.Distinct()];
        _make = make;
        _contents = Contents();
        _value = make(_contents);
    }

    /// <summary>The value of now.</summary>
    /// <returns>
    /// The value, and why the files as they are now cannot be used; null when they can, or when that was said before.
    /// </returns>
    public (T Value, string? Problem) Read()
    {
        lock (_lock)
        {
            try
            {
                var contents = Contents();
                if (!_paths.All(path => contents[path].AsSpan().SequenceEqual(_contents[path])))
                {
                    _value = _make(contents);
                    _contents = contents;
                }

                _problem = null;
                return (_value, null);
            }
            catch (Exception failure) when (IsUnusable(failure))
            {
                var isNew = failure.Message != _problem;
                _problem = failure.Message;
                return (_value, isNew ? _problem : null);
            }
        }
    }

    /// <summary>Whether a failure says that files cannot be read or used.</summary>
    /// <remarks>A key that is another certificate's is an <see cref="ArgumentException"/>.</remarks>
    public static bool IsUnusable(Exception failure) =>
        failure is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException;

    private Dictionary<string, byte[]> Contents() => _paths.ToDictionary(path => path, File.ReadAllBytes);
}
