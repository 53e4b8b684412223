using Sync.Templates.Values;

namespace Sync.Templates.Formatting;

/// <summary>Interprets a format of <c>printf</c>.</summary>
/// <remarks>Source: Go package fmt, "Printing", as of 1.19.</remarks>
internal ref struct Directives
{
    private const int NumberMax = 1_000_000;

    private readonly TextBuffer _buffer;
    private readonly Printer _printer;
    private readonly ReadOnlySpan<byte> _format;
    private readonly ReadOnlySpan<Value> _arguments;
    private int _position;
    private int _argument;
    private bool _isReordered;
    private bool _isGoodIndex;

    private Directives(TextBuffer buffer, Printer printer, ReadOnlySpan<byte> format, ReadOnlySpan<Value> arguments)
    {
        _buffer = buffer;
        _printer = printer;
        _format = format;
        _arguments = arguments;
    }

    /// <summary>Prints arguments by a format.</summary>
    public static void Print(TextBuffer buffer, ReadOnlySpan<byte> format, ReadOnlySpan<Value> arguments) =>
        Print(buffer, new Printer(buffer), format, arguments);

    /// <summary>Prints arguments by a format with a printer of the buffer.</summary>
    public static void Print(TextBuffer buffer, Printer printer, ReadOnlySpan<byte> format, ReadOnlySpan<Value> arguments)
    {
        var directives = new Directives(buffer, printer, format, arguments);
        directives.Run();
    }

    private readonly byte Current => _position < _format.Length ? _format[_position] : (byte)0;

    private readonly bool AtEnd => _position >= _format.Length;

    private void Run()
    {
        while (!AtEnd)
        {
            var text = _format[_position..];
            var percent = text.IndexOf((byte)'%');
            _buffer.Write(percent < 0 ? text : text[..percent]);
            if (percent < 0)
            {
                break;
            }

            _position += percent + 1;
            if (!Directive())
            {
                break;
            }
        }

        if (!_isReordered && _argument < _arguments.Length)
        {
            ReportExtra();
        }
    }

    /// <returns>False when the format ended inside the directive.</returns>
    private bool Directive()
    {
        _printer.Flags = default;
        _isGoodIndex = true;
        if (Flags())
        {
            return true;
        }

        var isIndexed = Index();
        isIndexed = Width(isIndexed);
        isIndexed = Precision(isIndexed);
        if (!isIndexed)
        {
            Index();
        }

        if (AtEnd)
        {
            _buffer.Write("%!(NOVERB)"u8);
            return false;
        }

        var verb = Utf8Runes.Decode(_format[_position..], out var length);
        _position += length;
        if (verb == '%')
        {
            _buffer.Write((byte)'%');
        }
        else if (!_isGoodIndex)
        {
            Report(verb, "(BADINDEX)"u8);
        }
        else if (_argument >= _arguments.Length)
        {
            Report(verb, "(MISSING)"u8);
        }
        else
        {
            PrintNext(verb);
        }

        return true;
    }

    /// <returns>True when the directive was nothing but flags and a lower-case verb, and has been printed.</returns>
    private bool Flags()
    {
        for (; !AtEnd; _position++)
        {
            switch (Current)
            {
                case (byte)'#':
                    _printer.Flags.Sharp = true;
                    break;
                case (byte)'0':
                    _printer.Flags.Zero = !_printer.Flags.Minus;
                    break;
                case (byte)'+':
                    _printer.Flags.Plus = true;
                    break;
                case (byte)'-':
                    _printer.Flags.Minus = true;
                    _printer.Flags.Zero = false;
                    break;
                case (byte)' ':
                    _printer.Flags.Space = true;
                    break;
                case >= (byte)'a' and <= (byte)'z' when _argument < _arguments.Length:
                    PrintNext(_format[_position++]);
                    return true;
                default:
                    return false;
            }
        }

        return false;
    }

    private bool Width(bool isIndexed)
    {
        if (Current == '*' && !AtEnd)
        {
            _position++;
            var width = NumberFromArgument();
            if (width is null)
            {
                _buffer.Write("%!(BADWIDTH)"u8);
            }

            if (width < 0)
            {
                width = -width;
                _printer.Flags.Minus = true;
                _printer.Flags.Zero = false;
            }

            _printer.Flags.Width = width;
            return false;
        }

        _printer.Flags.Width = Number(_format.Length);
        if (isIndexed && _printer.Flags.Width is not null)
        {
            _isGoodIndex = false;
        }

        return isIndexed;
    }

    private bool Precision(bool isIndexed)
    {
        // A point that ends the format is a verb.
        if (_position + 1 >= _format.Length || Current != '.')
        {
            return isIndexed;
        }

        _position++;
        if (isIndexed)
        {
            _isGoodIndex = false;
        }

        isIndexed = Index();
        if (Current == '*' && !AtEnd)
        {
            _position++;
            var precision = NumberFromArgument();
            if (precision is null or < 0)
            {
                precision = null;
                _buffer.Write("%!(BADPREC)"u8);
            }

            _printer.Flags.Precision = precision;
            return false;
        }

        _printer.Flags.Precision = Number(_format.Length) ?? 0;
        return isIndexed;
    }

    // Reads an argument index such as [3].
    private bool Index()
    {
        if (AtEnd || Current != '[')
        {
            return false;
        }

        _isReordered = true;
        var open = _position;
        var close = _format[open..].IndexOf((byte)']');
        if (_format.Length - open < 3 || close < 0)
        {
            _isGoodIndex = false;
            _position++;
            return false;
        }

        _position++;
        var number = Number(open + close);
        var isWhole = number is not null && _position == open + close;
        _position = open + close + 1;
        if (isWhole && number - 1 >= 0 && number - 1 < _arguments.Length)
        {
            _argument = number.GetValueOrDefault() - 1;
            return true;
        }

        _isGoodIndex = false;
        return isWhole;
    }

    // A number that is out of reason counts as none, and takes the rest with it.
    private int? Number(int end)
    {
        int? number = null;
        while (_position < end && Current is >= (byte)'0' and <= (byte)'9')
        {
            if (number > NumberMax)
            {
                _position = end;
                return null;
            }

            number = (number ?? 0) * 10 + (Current - '0');
            _position++;
        }

        return number;
    }

    private int? NumberFromArgument()
    {
        if (_argument >= _arguments.Length)
        {
            return null;
        }

        var value = _arguments[_argument++];
        return value.DynamicKind switch
        {
            var kind when kind.IsUnsigned => value.Uint <= NumberMax ? (int)value.Uint : null,
            var kind when kind.IsSigned => value.Int is >= -NumberMax and <= NumberMax ? (int)value.Int : null,
            _ => null,
        };
    }

    private void PrintNext(int verb)
    {
        if (verb == 'v')
        {
            _printer.Flags.ReadForVerbV();
        }

        _printer.PrintArgument(_arguments[_argument], verb);
        _argument++;
    }

    private readonly void Report(int verb, ReadOnlySpan<byte> what)
    {
        _buffer.Write("%!"u8);
        _buffer.WriteRune(verb);
        _buffer.Write(what);
    }

    private readonly void ReportExtra()
    {
        _printer.Flags = default;
        _buffer.Write("%!(EXTRA "u8);
        for (var index = _argument; index < _arguments.Length; index++)
        {
            if (index > _argument)
            {
                _buffer.Write(", "u8);
            }

            if (_arguments[index].DynamicType is { } type)
            {
                _buffer.Write(type.Name);
                _buffer.Write((byte)'=');
                _printer.PrintArgument(_arguments[index], 'v');
            }
            else
            {
                _buffer.Write("<nil>"u8);
            }
        }

        _buffer.Write((byte)')');
    }
}
