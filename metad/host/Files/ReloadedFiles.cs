namespace Sync.Metad.Files;

/// <summary>
/// A value that files hold, read again when their bytes changed: they are compared at each use, so it does not matter
/// how they were replaced. A change that cannot be used leaves the last good value and is told once.
/// </summary>
/// <typeparam name="T">The value; immutable.</typeparam>
internal sealed class ReloadedFiles<T>
    where T : class
{
    private readonly string[] _paths;
    private readonly Func<IReadOnlyList<byte[]>, T> _read;
    private readonly Action<string> _complain;
    private readonly Lock _lock = new();

    private byte[][] _content;
    private T _value;
    private string? _problem;

    /// <summary>Reads the files.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="read">Makes the value of their contents, in the same order; throws <see cref="FormatException"/>.</param>
    /// <param name="complain">Told, in a sentence, of a change that cannot be used.</param>
    /// <exception cref="FormatException">A file cannot be read or used; the message names it.</exception>
    public ReloadedFiles(IEnumerable<string> paths, Func<IReadOnlyList<byte[]>, T> read, Action<string> complain)
    {
        _paths = [.. paths];
        _read = read;
        _complain = complain;
        _content = Contents();
        _value = read(_content);
    }

    /// <summary>The value of now.</summary>
    public T Current
    {
        get
        {
            lock (_lock)
            {
                try
                {
                    Refresh();
                    _problem = null;
                }
                catch (FormatException exception)
                {
                    Complain(exception.Message);
                }

                return _value;
            }
        }
    }

    private void Refresh()
    {
        var content = Contents();
        if (!content.Zip(_content).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)))
        {
            _value = _read(content);
            _content = content;
        }
    }

    private void Complain(string problem)
    {
        if (problem != _problem)
        {
            _problem = problem;
            _complain(problem);
        }
    }

    private byte[][] Contents()
    {
        try
        {
            return [.. _paths.Select(File.ReadAllBytes)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"{string.Join(", ", _paths)} cannot be read: {exception.Message}", exception);
        }
    }
}
