"""What a photo costs: ours beside libvips and naive Pillow, and beside a busy intake."""
