using Sync.Templates.Diagnostics;
using Sync.Templates.Time;
using Sync.Templates.Values;

namespace Sync.Templates.Formatting;

/// <summary>Prints values as Go's package fmt does, with one verb at a time.</summary>
/// <remarks>Source: Go package fmt, "Printing", as of 1.19.</remarks>
internal sealed class Printer
{
    private readonly TextBuffer _buffer;
    private readonly FieldWriter _field;
    private bool _isReportingBadVerb;

    /// <summary>A printer into a buffer.</summary>
    public Printer(TextBuffer buffer)
    {
        _buffer = buffer;
        _field = new FieldWriter(buffer);
    }

    /// <summary>The flags of the directive being printed.</summary>
    public ref FormatFlags Flags => ref _field.Flags;

    /// <summary>Prints values as <c>print</c> does: a space between two when neither is a string.</summary>
    public void Print(ReadOnlySpan<Value> values)
    {
        var previousIsText = false;
        for (var index = 0; index < values.Length; index++)
        {
            var isText = values[index].DynamicKind == Kind.String;
            if (index > 0 && !isText && !previousIsText)
            {
                _buffer.Write((byte)' ');
            }

            PrintArgument(values[index], 'v');
            previousIsText = isText;
        }
    }

    /// <summary>Prints values as <c>println</c> does: always spaces, and a newline.</summary>
    public void PrintLine(ReadOnlySpan<Value> values)
    {
        for (var index = 0; index < values.Length; index++)
        {
            if (index > 0)
            {
                _buffer.Write((byte)' ');
            }

            PrintArgument(values[index], 'v');
        }

        _buffer.Write((byte)'\n');
    }

    /// <summary>Prints one value with one verb under the current flags.</summary>
    public void PrintArgument(in Value argument, int verb)
    {
        var value = argument.WithoutInterface();
        if (value.DynamicType is null)
        {
            if (verb is 'T' or 'v')
            {
                _field.Pad("<nil>"u8);
            }
            else
            {
                BadVerb(value, verb);
            }

            return;
        }

        switch (verb)
        {
            case 'T':
                _field.Text(System.Text.Encoding.UTF8.GetBytes(value.DynamicType.Name));
                return;
            case 'p':
                PrintPointer(value, 'p');
                return;
        }

        // Of a byte slice it is the bytes that are asked.
        if (value.DynamicType.Is(GoType.Bytes) || !PrintByMethod(value, verb))
        {
            PrintValue(value, verb, depth: 0);
        }
    }

    /// <summary>Prints the shape of a value, without asking it for a text of its own.</summary>
    public void PrintValue(in Value value, int verb, int depth)
    {
        if (depth > 0)
        {
            GuardStack();
            if (value.IsValid && PrintByMethod(value.WithoutInterface(), verb))
            {
                return;
            }
        }

        switch (value.Kind)
        {
            case Kind.Invalid:
                _buffer.Write("<nil>"u8);
                break;
            case Kind.Bool when verb is 't' or 'v':
                _field.Pad(value.Bool ? "true"u8 : "false"u8);
                break;
            case Kind.String:
                PrintText(value, verb);
                break;
            case Kind.Map:
                PrintMap(value, verb, depth);
                break;
            case Kind.Struct:
                PrintStruct(value, verb, depth);
                break;
            case Kind.Interface when value.IsNil:
                _buffer.Write(Flags.SharpV ? value.Type.Name + "(nil)" : "<nil>");
                break;
            case Kind.Interface:
                PrintValue(value.WithoutInterface(), verb, depth + 1);
                break;
            case Kind.Array or Kind.Slice:
                PrintList(value, verb, depth);
                break;
            case Kind.Pointer when depth == 0 && !value.IsNil
                && value.Pointed() is { Kind: Kind.Array or Kind.Slice or Kind.Struct or Kind.Map } target:
                _buffer.Write((byte)'&');
                PrintValue(target, verb, depth + 1);
                break;
            case Kind.Pointer or Kind.Chan or Kind.Func:
                PrintPointer(value, verb);
                break;
            case var kind when kind.IsInteger:
                PrintInteger(value, value.Uint, kind.IsSigned, verb);
                break;
            case var kind when kind.IsFloat:
                PrintFloat(value, value.Float, kind.Bits, verb);
                break;
            case var kind when kind.IsComplex:
                PrintComplex(value, kind == Kind.Complex64 ? 32 : 64, verb);
                break;
            default:
                BadVerb(value, verb);
                break;
        }
    }

    private static void GuardStack()
    {
        if (!StackRoom.IsLeft)
        {
            throw new LimitException("a value is nested too deeply to be printed");
        }
    }

    // Errors and values with a text of their own, under the verbs that show text.
    private bool PrintByMethod(in Value value, int verb)
    {
        if (_isReportingBadVerb || value.DynamicType is null)
        {
            return false;
        }

        if (verb == 'w')
        {
            BadVerb(value, verb);
            return true;
        }

        if (Flags.SharpV)
        {
            if (value is { Kind: Kind.Pointer, IsNil: true } && value.DynamicType.Element?.Is(GoType.Time) == true)
            {
                _buffer.Write("<nil>"u8);
                return true;
            }

            if ((value.Kind == Kind.Pointer && !value.IsNil ? value.Pointed() : value).Reference is not TimeValue time)
            {
                return false;
            }

            _field.Text(System.Text.Encoding.UTF8.GetBytes(time.ToGoSyntax()));
            return true;
        }

        if (verb is 'v' or 's' or 'x' or 'X' or 'q' && OwnText.Of(value) is { } text)
        {
            if (value.Kind == Kind.Pointer && value.IsNil)
            {
                // Neither verb nor width changes what a nil pointer says of itself.
                _buffer.Write(text);
            }
            else
            {
                PrintText(Value.Of(text), verb);
            }

            return true;
        }

        return false;
    }

    private void PrintText(in Value value, int verb)
    {
        switch (verb)
        {
            case 'v' when Flags.SharpV:
            case 'q':
                _field.Quoted(value.String);
                break;
            case 'v' or 's':
                _field.Text(value.String);
                break;
            case 'x' or 'X':
                _field.Hexadecimal(value.String, upperCase: verb == 'X');
                break;
            default:
                BadVerb(value, verb);
                break;
        }
    }

    private void PrintInteger(in Value value, ulong number, bool isSigned, int verb)
    {
        switch (verb)
        {
            case 'v' when Flags.SharpV && !isSigned:
                PrintHexadecimal(number, withPrefix: true);
                break;
            case 'v' or 'd':
                _field.Integer(number, 10, isSigned, verb);
                break;
            case 'b':
                _field.Integer(number, 2, isSigned, verb);
                break;
            case 'o' or 'O':
                _field.Integer(number, 8, isSigned, verb);
                break;
            case 'x' or 'X':
                _field.Integer(number, 16, isSigned, verb);
                break;
            case 'c':
                _field.Character(number);
                break;
            case 'q':
                _field.QuotedCharacter(number);
                break;
            case 'U':
                _field.CodePoint(number);
                break;
            default:
                BadVerb(value, verb);
                break;
        }
    }

    private void PrintHexadecimal(ulong number, bool withPrefix)
    {
        var sharp = Flags.Sharp;
        Flags.Sharp = withPrefix;
        _field.Integer(number, 16, isSigned: false, 'v');
        Flags.Sharp = sharp;
    }

    private void PrintFloat(in Value value, double number, int bits, int verb)
    {
        switch (verb)
        {
            case 'v':
                _field.Float(number, bits, 'g', -1);
                break;
            case 'b' or 'g' or 'G' or 'x' or 'X':
                _field.Float(number, bits, (char)verb, -1);
                break;
            case 'f' or 'F' or 'e' or 'E':
                _field.Float(number, bits, (char)verb, 6);
                break;
            default:
                BadVerb(value, verb);
                break;
        }
    }

    private void PrintComplex(in Value value, int bits, int verb)
    {
        if (verb is not ('v' or 'b' or 'g' or 'G' or 'x' or 'X' or 'f' or 'F' or 'e' or 'E'))
        {
            BadVerb(value, verb);
            return;
        }

        var plus = Flags.Plus;
        _buffer.Write((byte)'(');
        PrintFloat(value, value.Complex.Real, bits, verb);
        Flags.Plus = true;
        PrintFloat(value, value.Complex.Imaginary, bits, verb);
        Flags.Plus = plus;
        _buffer.Write("i)"u8);
    }

    private void PrintMap(in Value value, int verb, int depth)
    {
        if (Flags.SharpV)
        {
            _buffer.Write(value.Type.Name);
            if (value.IsNil)
            {
                _buffer.Write("(nil)"u8);
                return;
            }
        }

        _buffer.Write(Flags.SharpV ? "{"u8 : "map["u8);
        var map = value.Map;
        for (var index = 0; index < map.Count; index++)
        {
            Separate(index);
            PrintValue(map.Keys[index], verb, depth + 1);
            _buffer.Write((byte)':');
            PrintValue(map.Elements[index], verb, depth + 1);
        }

        _buffer.Write(Flags.SharpV ? (byte)'}' : (byte)']');
    }

    private void PrintStruct(in Value value, int verb, int depth)
    {
        if (Flags.SharpV)
        {
            _buffer.Write(value.Type.Name);
        }

        _buffer.Write((byte)'{');
        var fields = value.Fields;
        for (var index = 0; index < fields.Length; index++)
        {
            Separate(index);
            if ((Flags.PlusV || Flags.SharpV) && value.DynamicType?.Fields is { } names && index < names.Count)
            {
                _buffer.Write(names[index].Name);
                _buffer.Write((byte)':');
            }

            PrintValue(fields[index].IsNil && fields[index].Slot != Slot.Concrete
                ? fields[index] : fields[index].WithoutInterface(), verb, depth + 1);
        }

        _buffer.Write((byte)'}');
    }

    private void PrintList(in Value value, int verb, int depth)
    {
        var items = value.List.Items;
        var isBytes = value.DynamicType?.Element is { Kind: Kind.Uint8 };
        if (isBytes && verb is 's' or 'q' or 'x' or 'X')
        {
            var bytes = new byte[items.Length];
            for (var index = 0; index < bytes.Length; index++)
            {
                bytes[index] = (byte)items[index].Uint;
            }

            PrintText(Value.Of(bytes), verb);
            return;
        }

        if (Flags.SharpV)
        {
            // fmt knows byte slices by their short name, other types by their own.
            _buffer.Write(depth == 0 && value.Type.Is(GoType.Bytes) ? "[]byte" : value.Type.Name);
            if (value.Kind == Kind.Slice && value.IsNil)
            {
                _buffer.Write("(nil)"u8);
                return;
            }
        }

        _buffer.Write(Flags.SharpV ? (byte)'{' : (byte)'[');
        for (var index = 0; index < items.Length; index++)
        {
            Separate(index);
            PrintValue(items[index], verb, depth + 1);
        }

        _buffer.Write(Flags.SharpV ? (byte)'}' : (byte)']');
    }

    // Addresses are no property of a template's values: every pointer that is not nil has the same one.
    private void PrintPointer(in Value value, int verb)
    {
        if (value.Kind is not (Kind.Chan or Kind.Func or Kind.Map or Kind.Pointer or Kind.Slice))
        {
            BadVerb(value, verb);
            return;
        }

        var address = value.IsNil ? 0UL : 0xc000000000UL;
        switch (verb)
        {
            case 'v' when Flags.SharpV:
                _buffer.Write($"({value.Type.Name})(");
                if (address == 0)
                {
                    _buffer.Write("nil"u8);
                }
                else
                {
                    PrintHexadecimal(address, withPrefix: true);
                }

                _buffer.Write((byte)')');
                break;
            case 'v' when address == 0:
                _field.Pad("<nil>"u8);
                break;
            case 'v' or 'p':
                PrintHexadecimal(address, withPrefix: !Flags.Sharp);
                break;
            case 'b' or 'o' or 'd' or 'x' or 'X':
                PrintInteger(value, address, isSigned: false, verb);
                break;
            default:
                BadVerb(value, verb);
                break;
        }
    }

    private void BadVerb(in Value value, int verb)
    {
        _isReportingBadVerb = true;
        _buffer.Write("%!"u8);
        _buffer.WriteRune(verb);
        _buffer.Write((byte)'(');
        if (value.DynamicType is { } type)
        {
            _buffer.Write(type.Name);
            _buffer.Write((byte)'=');
            PrintValue(value, 'v', depth: 0);
        }
        else
        {
            _buffer.Write("<nil>"u8);
        }

        _buffer.Write((byte)')');
        _isReportingBadVerb = false;
    }

    private void Separate(int index)
    {
        if (index > 0)
        {
            _buffer.Write(Flags.SharpV ? ", "u8 : " "u8);
        }
    }
}
