using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Sync.Store.Hosting.Authorities;
using Sync.TestKit;

namespace Sync.Store.Tests.Hosting.Authorities;

public class AuthorityReaderTests
{
    private const byte Data = 0;
    private const byte Headers = 1;

    [Fact]
    public async Task Requests_are_mended_and_all_else_passes_however_the_bytes_arrive()
    {
        var sent = Connection("http://127.0.0.1:2379");
        var expected = Connection("httpx--127.0.0.1:2379");

        for (var split = 1; split < sent.Length; split++)
        {
            (await ReadInPiecesAsync(sent, split)).Should().Equal(expected, $"it arrives in pieces of {split} bytes");
        }
    }

    [Fact]
    public async Task A_reader_that_leaves_bytes_behind_gets_them_again()
    {
        var pipe = new Pipe();
        var reader = new AuthorityReader(pipe.Reader);
        var sent = Connection("http://127.0.0.1:2379");
        await pipe.Writer.WriteAsync(sent, Deadline.Default);
        await pipe.Writer.CompleteAsync();

        var first = await reader.ReadAsync(Deadline.Default);
        reader.AdvanceTo(first.Buffer.GetPosition(30), first.Buffer.End);
        var second = await reader.ReadAsync(Deadline.Default);

        second.Buffer.ToArray().Should().Equal(Connection("httpx--127.0.0.1:2379")[30..]);
    }

    [Fact]
    public async Task A_reader_that_takes_little_at_a_time_gets_all()
    {
        var sent = Connection("http://127.0.0.1:2379");
        for (var taken = 1; taken < 20; taken++)
        {
            var pipe = new Pipe();
            var reader = new AuthorityReader(pipe.Reader);
            var received = new List<byte>();
            foreach (var piece in sent.Chunk(31))
            {
                await pipe.Writer.WriteAsync(piece, Deadline.Default);
                while (reader.TryRead(out var part))
                {
                    var few = part.Buffer.Slice(0, Math.Min(taken, part.Buffer.Length));
                    received.AddRange(few.ToArray());
                    reader.AdvanceTo(few.End);
                }
            }

            received.Should().Equal(Connection("httpx--127.0.0.1:2379"));
        }
    }

    [Fact]
    public async Task Nothing_is_held_back_but_the_frame_of_headers_that_is_not_whole()
    {
        var sent = Connection("http://127.0.0.1:2379");
        var random = new Random(20_261);
        for (var round = 0; round < 500; round++)
        {
            var pipe = new Pipe();
            var reader = new AuthorityReader(pipe.Reader);
            var (written, received) = (0, 0);
            while (written < sent.Length)
            {
                var piece = sent.AsMemory(written, Math.Min(random.Next(1, 40), sent.Length - written));
                await pipe.Writer.WriteAsync(piece, Deadline.Default);
                written += piece.Length;
                while (reader.TryRead(out var part))
                {
                    var taken = random.Next(1, (int)part.Buffer.Length + 1);
                    received += taken;
                    reader.AdvanceTo(part.Buffer.GetPosition(taken));
                }

                received.Should().Be(PassableBytes(sent, written), $"{written} bytes came, in round {round}");
            }
        }
    }

    // Where the whole of what came ends, but for a frame's head or a frame of headers that goes on.
    private static int PassableBytes(byte[] sent, int came)
    {
        const int prefaceBytes = 24;
        const int headBytes = 9;
        var frame = prefaceBytes;
        while (frame + headBytes <= came)
        {
            var end = frame + headBytes + sent[frame + 2];
            if (end > came)
            {
                return sent[frame + 3] == Headers ? frame : came;
            }

            frame = end;
        }

        return Math.Min(frame, came);
    }

    private static async Task<byte[]> ReadInPiecesAsync(byte[] sent, int pieceBytes)
    {
        var pipe = new Pipe();
        var reader = new AuthorityReader(pipe.Reader);
        var received = new List<byte>();
        foreach (var piece in sent.Chunk(pieceBytes))
        {
            await pipe.Writer.WriteAsync(piece, Deadline.Default);
            while (reader.TryRead(out var part))
            {
                received.AddRange(part.Buffer.ToArray());
                reader.AdvanceTo(part.Buffer.End);
            }
        }

        await pipe.Writer.CompleteAsync();
        var rest = await reader.ReadAsync(Deadline.Default);
        received.AddRange(rest.Buffer.ToArray());
        return [.. received];
    }

    private static byte[] Connection(string authority)
    {
        byte[] literal = [0x41, (byte)authority.Length, .. Encoding.ASCII.GetBytes(authority)];
        byte[] padded = [2, .. literal, 0, 0];
        byte[] preferred = [0, 0, 0, 0, 9, 0x83, .. literal];
        return
        [
            .. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8,
            .. Frame(4, 0, []),
            .. Frame(Headers, 0x04, [0x83, 0x86, .. literal]),
            .. Frame(Data, 0, literal[..2]),
            .. Frame(Headers, 0x0c, padded),
            .. Frame(Headers, 0x24, preferred),
            .. Frame(Data, 1, "http://"u8.ToArray()),
        ];
    }

    private static byte[] Frame(byte type, byte flags, byte[] payload) =>
        [0, 0, (byte)payload.Length, type, flags, 0, 0, 0, 1, .. payload];
}
