namespace Nua.Oci.Tar;

/// <summary>The bytes of one entry after the other, each bounded by its size.</summary>
internal sealed class TarContent(TarInput input) : ReadOnlyStream
{
    private long _size;
    private long _left;

    public void Begin(long size)
    {
        _size = size;
        _left = size;
    }

    public override int Read(Span<byte> buffer)
    {
        var wanted = (int)Math.Min(buffer.Length, _left);
        if (wanted == 0)
        {
            return 0;
        }

        var read = input.Read(buffer[..wanted]);
        _left -= read;
        return read;
    }

    /// <summary>Goes to the header behind the entry.</summary>
    public void Skip()
    {
        input.Skip(_left);
        input.SkipPadding(_size);
        Begin(0);
    }
}
