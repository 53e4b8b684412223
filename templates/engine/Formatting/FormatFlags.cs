namespace Sync.Templates.Formatting;

/// <summary>The flags, width and precision of one directive of <c>printf</c>.</summary>
internal struct FormatFlags
{
    /// <summary><c>+</c>: always a sign; ASCII only for <c>%q</c>.</summary>
    public bool Plus;

    /// <summary><c>-</c>: padding on the right.</summary>
    public bool Minus;

    /// <summary><c>#</c>: the alternate form.</summary>
    public bool Sharp;

    /// <summary>A space where the plus sign would be; between the bytes of <c>% x</c>.</summary>
    public bool Space;

    /// <summary><c>0</c>: padding with zeros.</summary>
    public bool Zero;

    /// <summary><c>%+v</c>: field names.</summary>
    public bool PlusV;

    /// <summary><c>%#v</c>: Go syntax.</summary>
    public bool SharpV;

    /// <summary>The least number of characters; null when not given.</summary>
    public int? Width;

    /// <summary>The precision; null when not given.</summary>
    public int? Precision;

    /// <summary>Lets <c>%+v</c> and <c>%#v</c> mean their own forms.</summary>
    public void ReadForVerbV()
    {
        (SharpV, Sharp) = (Sharp, false);
        (PlusV, Plus) = (Plus, false);
    }
}
