namespace Sync.Metad.Files;

/// <summary>
/// A value that files hold, read again when their bytes changed: they are compared whole, so it does not matter how they
/// were replaced. A change that cannot be used leaves the last good value and is told once.
/// </summary>
/// <remarks>
/// The files are looked at when the value is used and the last look is a second old, so a change counts within a second of
/// the next use. One user looks; the others go on with the value that is there and wait for nothing.
/// </remarks>
/// <typeparam name="T">The value; immutable.</typeparam>
internal sealed class ReloadedFiles<T>
    where T : class
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly string[] _paths;
    private readonly Func<IReadOnlyList<byte[]>, T> _read;
    private readonly Action<string> _complain;
    private readonly TimeProvider _time;

    // Held by the one who looks; binds _content and _problem.
    private readonly Lock _lock = new();

    private byte[][] _content;
    private string? _problem;
    private T _value;
    private long _lookedAt;

    /// <summary>Reads the files.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="read">Makes the value of their contents, in the same order; throws <see cref="FormatException"/>.</param>
    /// <param name="complain">Told, in a sentence, of a change that cannot be used.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="FormatException">A file cannot be read or used; the message names it.</exception>
    public ReloadedFiles(
        IEnumerable<string> paths, Func<IReadOnlyList<byte[]>, T> read, Action<string> complain, TimeProvider time)
    {
        _paths = [.. paths];
        _read = read;
        _complain = complain;
        _time = time;
        _lookedAt = time.GetTimestamp();
        _content = Contents();
        _value = read(_content);
    }

    /// <summary>The value of now.</summary>
    public T Current
    {
        get
        {
            if (_time.GetElapsedTime(Volatile.Read(ref _lookedAt)) >= LookInterval && _lock.TryEnter())
            {
                try
                {
                    Look();
                }
                finally
                {
                    _lock.Exit();
                }
            }

            return Volatile.Read(ref _value);
        }
    }

    private void Look()
    {
        Volatile.Write(ref _lookedAt, _time.GetTimestamp());
        try
        {
            Refresh();
            _problem = null;
        }
        catch (FormatException exception)
        {
            Complain(exception.Message);
        }
    }

    private void Refresh()
    {
        var content = Contents();
        if (!content.Zip(_content).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)))
        {
            Volatile.Write(ref _value, _read(content));
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
